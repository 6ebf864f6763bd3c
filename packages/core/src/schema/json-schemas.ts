import { z } from 'zod';
import { METRIC_HISTORY_SCHEMA, metricHistoryDocument } from './metric-history.ts';
import { MODEL_SCHEMA, modelDocument, NOTE_SCHEMA, noteDocument } from './model.ts';
import { REGISTRY_SCHEMA, registryDocument } from './registry.ts';
import { VERSION_SCHEMA, versionDocument } from './version.ts';

/** The documents of a registry as JSON Schemas, by file name, for tools in other languages. */
export function jsonSchemas(): Record<string, object> {
  return {
    'registry.schema.json': described(registryDocument, REGISTRY_SCHEMA),
    'model.schema.json': described(modelDocument, MODEL_SCHEMA),
    'note.schema.json': described(noteDocument, NOTE_SCHEMA),
    'version.schema.json': described(versionDocument, VERSION_SCHEMA),
    'metric-history.schema.json': described(metricHistoryDocument, METRIC_HISTORY_SCHEMA),
  };
}

function described(schema: z.ZodType, title: string): object {
  return { ...z.toJSONSchema(schema), title };
}
