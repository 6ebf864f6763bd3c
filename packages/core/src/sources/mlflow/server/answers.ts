import { z } from 'zod';
import { CairnError } from '../../../errors.ts';

/** Whole numbers of 64 bits come as numbers or as text, in the JSON of protocol buffers. */
const integer = z
  .union([z.number(), z.string()])
  .transform((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : null))
  .nullish();

const text = z
  .string()
  .nullish()
  .transform((value) => value || null);

/** Infinities come as words from some stores, as the greatest numbers from others. */
const real = z.union([z.number(), z.string()]).transform((value) => {
  const number = typeof value === 'number' ? value : Number(value);
  return Math.abs(number) >= Number.MAX_VALUE ? Math.sign(number) * Number.POSITIVE_INFINITY : number;
});

const pairs = z.array(z.looseObject({ key: z.string(), value: z.string().default('') })).default([]);

const metric = z.looseObject({ key: z.string(), value: real, timestamp: integer, step: integer });

export const runAnswer = z.looseObject({
  info: z.looseObject({
    run_id: text,
    run_uuid: text,
    run_name: text,
    experiment_id: text,
    user_id: text,
    status: text,
    start_time: integer,
    end_time: integer,
    artifact_uri: text,
    lifecycle_stage: text,
  }),
  data: z
    .looseObject({ metrics: z.array(metric).default([]), params: pairs, tags: pairs })
    .default({ metrics: [], params: [], tags: [] }),
  inputs: z
    .looseObject({
      dataset_inputs: z
        .array(z.looseObject({ dataset: z.looseObject({ name: text, digest: text }).optional() }))
        .default([]),
    })
    .optional(),
  outputs: z
    .looseObject({ model_outputs: z.array(z.looseObject({ model_id: z.string() })).default([]) })
    .optional(),
});

export const modelAnswer = z.looseObject({
  info: z.looseObject({
    model_id: z.string(),
    name: text,
    experiment_id: text,
    artifact_uri: text,
    status: text,
    source_run_id: text,
  }),
});

export const experimentsPage = z.looseObject({
  experiments: z.array(z.looseObject({ experiment_id: z.string(), name: text })).default([]),
});
export const runsPage = z.looseObject({ runs: z.array(runAnswer).default([]) });
export const runPage = z.looseObject({ run: runAnswer });
export const modelsPage = z.looseObject({ models: z.array(modelAnswer).default([]) });
export const modelPage = z.looseObject({ model: modelAnswer });
export const historyPage = z.looseObject({ metrics: z.array(metric).default([]) });

export const filesPage = z.looseObject({
  files: z
    .array(z.looseObject({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer }))
    .default([]),
});

export const registeredPage = z.looseObject({
  registered_models: z
    .array(
      z.looseObject({
        name: z.string(),
        description: text,
        tags: pairs,
        aliases: z.array(z.looseObject({ alias: z.string(), version: z.string() })).default([]),
      }),
    )
    .default([]),
});

export const versionsPage = z.looseObject({
  model_versions: z
    .array(
      z.looseObject({
        name: z.string(),
        version: z.union([z.string(), z.number()]).transform(String),
        creation_timestamp: integer,
        description: text,
        user_id: text,
        current_stage: text,
        source: text,
        run_id: text,
        status: text,
        tags: pairs,
      }),
    )
    .default([]),
});

export type RunAnswer = z.infer<typeof runAnswer>;
export type ModelAnswer = z.infer<typeof modelAnswer>;
export type MetricAnswer = z.infer<typeof metric>;
export type VersionAnswer = z.infer<typeof versionsPage>['model_versions'][number];

/** An answer as the schema has it. Throws `unsupported` for what no MLflow answers. */
export function checkAnswer<T>(schema: z.ZodType<T>, answer: unknown, url: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new CairnError(
    'unsupported',
    `an answer of ${url} is not as MLflow has it: ${path.join('.')}: ${message}`,
    {
      hint: 'check the address; or the server is of a version that is not known yet',
    },
  );
}
