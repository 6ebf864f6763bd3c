import { json, type PredictionServices, predictPath } from '../running/prediction-api.ts';

/** What is described: a version and the services of its package. */
export interface DescribedServer extends PredictionServices {
  readonly model: string;
  readonly version: string;
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
      '/predict': predictPath({ services, service }),
      '/readyz': probe('Whether the model can be asked'),
      '/healthz': probe('Whether the model can be asked'),
      '/livez': probe('Whether the server runs'),
      '/metrics': { get: { summary: 'Counts and times', responses: { '200': { description: METRICS } } } },
    },
  };
}

const METRICS = 'The text format of Prometheus';

const HEALTH = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } };
