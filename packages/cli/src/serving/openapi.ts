import type { LoadedPackage } from '@cairn/core';

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
      '/predict': {
        post: {
          operationId: 'predict',
          summary: 'Ask the model',
          description:
            `Requests are answered one after another. A body holds at most ${limits.bodySizeMax} bytes, and an ` +
            `answer takes at most ${limits.timeoutMs / 1000} s.`,
          requestBody: { required: true, content: json(requestSchema(services, service)) },
          responses: {
            '200': { description: 'What the predict hook gave', content: json(OUTPUTS) },
            ...Object.fromEntries(FAILURES.map(([status, description]) => [status, failure(description)])),
          },
        },
      },
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

const FAILURES: readonly (readonly [status: string, description: string])[] = [
  ['400', 'The body or what it asks for is not valid'],
  ['413', 'The body is too large'],
  ['415', 'The body is not application/json'],
  ['500', 'The predict hook failed'],
  ['503', 'Too many predictions are under way, or the server is about to end'],
  ['504', 'The prediction took too long'],
];

const OUTPUTS = { type: 'object', required: ['outputs'], properties: { outputs: {} } };

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

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
};

function requestSchema(services: readonly string[], service: string | null): unknown {
  return {
    type: 'object',
    required: service === null ? ['inputs', 'service'] : ['inputs'],
    additionalProperties: false,
    properties: {
      inputs: { description: 'What the predict hook is asked with: any JSON' },
      service: { enum: services, ...(service !== null && { default: service }) },
      arguments: { type: 'object', description: 'What the hook is called with besides, by name' },
    },
  };
}

function failure(description: string): unknown {
  return { description, content: json(ERROR) };
}

function json(schema: unknown): unknown {
  return { 'application/json': { schema } };
}
