import type { LoadedPackage } from '@cairn/core';
import { json, predictPath } from '@cairn/core/prediction-api';

interface Limits {
  readonly bodySizeMax: number;
  readonly timeoutMs: number;
}

/** The OpenAPI description of what is served (OpenAPI 3.1). */
export function openApi({ model, version, services, service }: LoadedPackage, limits: Limits): unknown {
  return {
    openapi: '3.1.0',
    info: { title: model, version, description: `${model}@${version}, served by Cairn` },
    paths: {
      '/predict': predictPath(
        { services, service },
        `A body holds at most ${limits.bodySizeMax} bytes, and an answer takes at most ${limits.timeoutMs / 1000} s.`,
      ),
      '/health': {
        get: {
          operationId: 'health',
          summary: 'Whether the model can be asked',
          responses: {
            '200': { description: 'It can', content: json(HEALTH) },
            '503': { description: 'Its hooks have ended', content: json(HEALTH) },
          },
        },
      },
    },
  };
}

const HEALTH = {
  type: 'object',
  required: ['status', 'model', 'version', 'services'],
  properties: {
    status: { enum: ['ok', 'ended'] },
    model: { type: 'string' },
    version: { type: 'string' },
    services: { type: 'array', items: { type: 'string' } },
  },
};
