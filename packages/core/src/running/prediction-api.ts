/** What a server of a package can be asked for. */
export interface PredictionServices {
  readonly services: readonly string[];
  /** The one that answers when a request names none; `null` when it has to. */
  readonly service: string | null;
}

/** `POST /predict` of whatever serves a package, as OpenAPI 3.1 describes it. */
export function predictPath({ services, service }: PredictionServices, limits?: string): unknown {
  return {
    post: {
      operationId: 'predict',
      summary: 'Ask the model',
      description: `Requests are answered one after another.${limits === undefined ? '' : ` ${limits}`}`,
      requestBody: { required: true, content: json(requestSchema(services, service)) },
      responses: {
        '200': { description: 'What the predict hook gave', content: json(OUTPUTS) },
        ...Object.fromEntries(
          FAILURES.map(([status, description]) => [status, { description, content: json(ERROR) }]),
        ),
      },
    },
  };
}

const FAILURES: readonly (readonly [status: string, description: string])[] = [
  ['400', 'The body or what it asks for is not valid'],
  ['413', 'The body is too large'],
  ['415', 'The body is not application/json'],
  ['500', 'The predict hook failed'],
  ['503', 'Too many predictions are under way, or the server is not ready or about to end'],
  ['504', 'The prediction took too long'],
];

const OUTPUTS = { type: 'object', required: ['outputs'], properties: { outputs: {} } };

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

/** The content of a body that is JSON of a schema. */
export function json(schema: unknown): unknown {
  return { 'application/json': { schema } };
}
