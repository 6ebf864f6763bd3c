import { CairnError } from '../errors.ts';
import { CANCEL_GRACE_MS, type HookHost, type StartHost } from './hook-host.ts';
import { type HookFailure, type HookReply, type HookRequest, PROTOCOL } from './messages.ts';

interface Question {
  readonly id: number;
  readonly request: HookRequest;
  readonly resolve: (outputs: unknown) => void;
  readonly reject: (error: CairnError) => void;
}

export interface ConversationOptions {
  /** The package, as errors name it. */
  readonly what: string;
  /** How long a cancelled call may go on, milliseconds, before the hooks are ended. */
  readonly cancelGraceMs?: number;
}

/**
 * Asks hooks one thing at a time; what is asked meanwhile waits for its turn. A question that is cancelled fails at
 * once. The next is asked when the hooks have let go of it; when they do not, they are ended.
 */
export class Conversation {
  readonly #what: string;
  readonly #cancelGraceMs: number;
  #host: HookHost | null = null;
  readonly #waiting: Question[] = [];
  #current: Question | null = null;
  #grace: NodeJS.Timeout | undefined;
  #lastId = 0;
  /** Why nothing can be asked any more. */
  #over: CairnError | null = null;
  #isClosed = false;
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<CairnError>();

  private constructor({ what, cancelGraceMs = CANCEL_GRACE_MS }: ConversationOptions) {
    this.#what = what;
    this.#cancelGraceMs = cancelGraceMs;
    this.#ready.promise.catch(() => undefined);
  }

  /** Starts the hooks' host, and waits until it is ready. */
  static async start(startHost: StartHost, options: ConversationOptions): Promise<Conversation> {
    const conversation = new Conversation(options);
    const events = {
      onReply: (reply: HookReply) => conversation.#take(reply),
      onEnd: (error: CairnError) => conversation.#end(error),
    };
    conversation.#host = await startHost(events);
    try {
      await conversation.#ready.promise;
    } catch (error) {
      await conversation.#host.stop();
      throw error;
    }
    return conversation;
  }

  /** Resolves with the reason when the hooks end without having been asked to. */
  get ended(): Promise<CairnError> {
    return this.#ended.promise;
  }

  /** Gives the outputs. Throws `failed` with the hook's traceback, `cancelled`, or why nothing can be asked. */
  ask(request: HookRequest, signal?: AbortSignal): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over);
    if (signal?.aborted) return Promise.reject(cancelled(signal.reason));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const question = { id: ++this.#lastId, request, resolve, reject };
    const cancel = () => this.#cancel(question, cancelled(signal?.reason));
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiting.push(question);
    this.#askNext();
    return promise.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Ends the hooks. What they are at, and what waits, is cancelled; a second call does nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const idle = this.#current === null;
    this.#end(new CairnError('invalid', `${this.#what} is closed`, { hint: 'load it again' }));
    if (idle) await this.#host?.close();
    else await this.#host?.stop();
  }

  #askNext(): void {
    if (this.#current || this.#over) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#current = next;
    try {
      this.#host?.post({ ...next.request, id: next.id });
    } catch (error) {
      this.#current = null;
      next.reject(error as CairnError);
      this.#askNext();
    }
  }

  #take(reply: HookReply): void {
    if (this.#over) return;
    if (reply.type === 'ready') this.#begin(reply.protocol);
    else if (reply.id === this.#current?.id) this.#answer(this.#current, reply);
    else this.#break('answered what was not asked');
  }

  #answer({ resolve, reject, request }: Question, reply: Exclude<HookReply, { type: 'ready' }>): void {
    clearTimeout(this.#grace);
    this.#current = null;
    if (reply.type === 'done') resolve(reply.outputs);
    else reject(this.#failure(request, reply));
    this.#askNext();
  }

  #begin(protocol: number): void {
    if (protocol === PROTOCOL) this.#ready.resolve();
    else this.#break(`speak version ${protocol} of the protocol, and not ${PROTOCOL}`);
  }

  #cancel(question: Question, error: CairnError): void {
    question.reject(error);
    const at = this.#waiting.indexOf(question);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#current !== question || this.#over) return;
    this.#host?.post({ type: 'cancel', id: question.id });
    const stuck = () => this.#break('did not end a call that was cancelled, and were stopped');
    this.#grace = setTimeout(stuck, this.#cancelGraceMs);
  }

  #break(problem: string): void {
    this.#end(new CairnError('failed', `the hooks of ${this.#what} ${problem}`, { hint: 'load it again' }));
    void this.#host?.stop();
  }

  #end(error: CairnError): void {
    if (this.#over) return;
    this.#over = error;
    clearTimeout(this.#grace);
    this.#ready.reject(error);
    if (!this.#isClosed) this.#ended.resolve(error);
    const unanswered = [...(this.#current ? [this.#current] : []), ...this.#waiting.splice(0)];
    this.#current = null;
    const why = this.#isClosed ? cancelled(error) : error;
    for (const question of unanswered) question.reject(why);
  }

  #failure(request: HookRequest, { kind, hook, exception, message, traceback }: HookFailure): CairnError {
    if (kind === 'cancelled') return cancelled();
    const where = `${request.type} of ${this.#what}${hook === '' ? '' : ` (${hook})`}`;
    const said = [exception, message].filter(Boolean).join(': ');
    const problem = kind === 'outputs' ? `gave what cannot be passed on: ${message}` : `failed: ${said}`;
    return new CairnError('failed', `${where} ${problem}`, {
      data: { call: request.type, hook, kind, ...(kind === 'hook' && { exception, traceback }) },
    });
  }
}

function cancelled(cause?: unknown): CairnError {
  return new CairnError('cancelled', 'cancelled', { cause });
}
