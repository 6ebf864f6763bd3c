import { PORTS, type Served } from './template.ts';

export interface ComposeBuild {
  readonly context: string;
  /** As it is found from the context. */
  readonly dockerfile: string;
}

/**
 * A compose file for one container, reachable from this machine alone. Everything in it is a name of an image or a
 * constant: names of images hold nothing that YAML or compose would replace.
 */
export function composeFile({ image }: Served, { context, dockerfile }: ComposeBuild): string {
  return `services:
  model:
    image: "${image}"
    build:
      context: "${context}"
      dockerfile: "${dockerfile}"
    ports:
      - "127.0.0.1:${PORTS.http}:${PORTS.http}"
      - "127.0.0.1:${PORTS.probe}:${PORTS.probe}"
    restart: unless-stopped
`;
}
