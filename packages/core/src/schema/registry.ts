import { z } from 'zod';

export const REGISTRY_SCHEMA = 'cairn.registry/1';

/** `registry.json` at the top of a registry. */
export const registryDocument = z.looseObject({
  schema: z.literal(REGISTRY_SCHEMA),
  name: z.string().min(1).max(200),
  description: z.string().max(100_000),
  /** Whether what is written is signed, and whether what is not is refused. */
  signing: z.looseObject({ sign: z.boolean().optional(), require: z.boolean().optional() }).optional(),
});

export type RegistryDocument = z.infer<typeof registryDocument>;
