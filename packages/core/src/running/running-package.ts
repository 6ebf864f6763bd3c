import { atBorder, CairnError } from '../errors.ts';
import type { Package } from '../packages/package.ts';
import { formatReference } from '../reference.ts';
import { givenArguments, inPlainForm } from './arguments.ts';
import type { Conversation } from './conversation.ts';
import type { LoadedPackage, PredictOptions } from './loaded-package.ts';
import type { PrivateFolder } from './private-folder.ts';
import { chosenService } from './services.ts';

interface Running {
  /** What was opened; it is closed by now. */
  readonly opened: Pick<Package, 'model' | 'version' | 'type' | 'manifest'>;
  readonly folder: PrivateFolder;
  readonly conversation: Conversation;
  readonly service: string | null;
}

/** A loaded package: the conversation with its hooks, and the folder they lie in. */
export class RunningPackage implements LoadedPackage {
  readonly #running: Running;
  #closing: Promise<void> | null = null;

  constructor(running: Running) {
    this.#running = running;
  }

  get model(): string {
    return this.#running.opened.model;
  }

  get version(): string {
    return this.#running.opened.version;
  }

  get type(): LoadedPackage['type'] {
    return this.#running.opened.type;
  }

  get services(): readonly string[] {
    return this.#running.opened.manifest.services.map(({ name }) => name);
  }

  get service(): string | null {
    return this.#running.service;
  }

  get inMemory(): boolean {
    return this.#running.folder.inMemory;
  }

  get ended(): Promise<Error> {
    return this.#running.conversation.ended;
  }

  predict(inputs: unknown, options: PredictOptions = {}): Promise<unknown> {
    return atBorder(async () => {
      const service = this.#serviceFor(options.service);
      const request = { type: 'predict', service, inputs: inPlainForm(inputs, 'inputs') } as const;
      const given = givenArguments(options.arguments);
      return this.#running.conversation.ask({ ...request, arguments: given }, options.signal);
    });
  }

  close(): Promise<void> {
    this.#closing ??= atBorder(async () => {
      const { conversation, folder } = this.#running;
      await conversation.close();
      await folder.remove();
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serviceFor(named: string | undefined): string {
    const { opened } = this.#running;
    const service = named === undefined ? this.#running.service : chosenService(opened, named);
    if (service !== null) return service;
    const { model, version } = opened;
    throw new CairnError('invalid', `${formatReference({ model, version })} has several services`, {
      hint: `name one of ${this.services.join(', ')}`,
      data: { services: this.services },
    });
  }
}
