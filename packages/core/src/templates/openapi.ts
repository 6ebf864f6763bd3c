/** What is described: a version and the services of its package. */
export interface DescribedServer {
  readonly model: string;
  readonly version: string;
  readonly services: readonly string[];
  /** The one that answers when a request names none; `null` when it has to. */
  readonly service: string | null;
}

/** The OpenAPI description (3.1) of the server of a template. */
export function serverDescription({ model, version, services, service }: DescribedServer): unknown {
  const probe = (summary: string) => ({
    get: {
      summary,
      responses: {
        '200': { description: 'Yes', content: json(HEALTH) },
        '503': { description: 'No', content: json(HEALTH) },
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: { title: model, version, description: `${model}@${version}, built by Cairn` },
    paths: {
      '/predict': {
        post: {
          operationId: 'predict',
          summary: 'Ask the model; requests are answered one after another',
          requestBody: { required: true, content: json(requestSchema(services, service)) },
          responses: {
            '200': { description: 'What the predict hook gave', content: json(OUTPUTS) },
            ...Object.fromEntries(
              FAILURES.map(([status, description]) => [status, { description, content: json(ERROR) }]),
            ),
          },
        },
      },
      '/readyz': probe('Whether the model can be asked'),
      '/healthz': probe('Whether the model can be asked'),
      '/livez': probe('Whether the server runs'),
      '/metrics': { get: { summary: 'Counts and times', responses: { '200': { description: METRICS } } } },
    },
  };
}

const METRICS = 'The text format of Prometheus';

const FAILURES: readonly (readonly [status: string, description: string])[] = [
  ['400', 'The body or what it asks for is not valid'],
  ['413', 'The body is too large'],
  ['415', 'The body is not application/json'],
  ['500', 'The predict hook failed'],
  ['503', 'The model is being loaded, is about to end, or too many predictions are under way'],
  ['504', 'The prediction took too long'],
];

const OUTPUTS = { type: 'object', required: ['outputs'], properties: { outputs: {} } };

const HEALTH = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };

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

function json(schema: unknown): unknown {
  return { 'application/json': { schema } };
}
