import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort } from 'node:worker_threads';
import {
  type HookFailure,
  type HookMessage,
  type HookReply,
  type LoadRequest,
  PROTOCOL,
  type PredictRequest,
} from './messages.ts';
import { NodePackage, type Step } from './node-package.ts';
import { NotPlain, plainValue } from './plain-value.ts';

serve(parentPort!);

/** Runs the hooks of one package, in a thread of its own, as `hook-runner.py` does in a process. */
function serve(port: MessagePort): void {
  const reply = (message: HookReply) => port.postMessage(message);
  let loaded: NodePackage | null = null;
  let running: { readonly id: number; readonly cancellation: AbortController } | null = null;
  port.on('message', async (message: HookMessage) => {
    if (message.type === 'close') return endThread();
    if (message.type === 'cancel') {
      if (running?.id === message.id) running.cancellation.abort();
      return;
    }
    const cancellation = new AbortController();
    running = { id: message.id, cancellation };
    if (message.type === 'load') loaded = new NodePackage(message);
    const answered = await answer(message, loaded!, cancellation.signal);
    running = null;
    reply(answered);
  });
  reply({ type: 'ready', protocol: PROTOCOL });
}

/** Ends the thread, when everything that was printed has been taken; what the hooks do at exit is done then. */
function endThread(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(0)));
}

type Question = (LoadRequest | PredictRequest) & { readonly id: number };

async function answer(question: Question, loaded: NodePackage, signal: AbortSignal): Promise<HookReply> {
  const { id } = question;
  const step: Step = { hook: '', signal };
  try {
    if (question.type === 'predict') {
      const outputs = await loaded.predict(question, step);
      return { type: 'done', id, outputs: plainValue(outputs, 'outputs') };
    }
    await loaded.load(question, step);
    return { type: 'done', id, outputs: null };
  } catch (error) {
    if (signal.aborted) return { type: 'failed', id, kind: 'cancelled', hook: step.hook };
    return { id, hook: step.hook, ...thrown(error, loaded.path) };
  }
}

/** Characters of a message or a traceback that are passed on. */
const MESSAGE_MAX = 4_000;
const TRACEBACK_MAX = 64_000;

function thrown(
  error: unknown,
  path: string,
): Pick<HookFailure, 'type' | 'kind' | 'exception' | 'message' | 'traceback'> {
  const type = 'failed';
  if (error instanceof NotPlain)
    return { type, kind: 'outputs', exception: error.name, message: error.message };
  if (!(error instanceof Error)) {
    return {
      type,
      kind: 'hook',
      exception: typeof error,
      message: String(error).slice(0, MESSAGE_MAX),
      traceback: '',
    };
  }
  const shortened = (text: string) =>
    text.replaceAll(pathToFileURL(join(path, '/')).href, '').replaceAll(join(path, '/'), '');
  const lines = (error.stack ?? '').split('\n').filter((line) => !OWN_FRAME.test(line));
  return {
    type,
    kind: 'hook',
    exception: error.name,
    message: shortened(error.message).slice(0, MESSAGE_MAX),
    traceback: shortened(lines.join('\n')).slice(0, TRACEBACK_MAX),
  };
}

/** Frames that say nothing about the hooks. */
const OWN_FRAME = /^\s+at .*(?:hooks-thread|node-package)\.[jt]s:/;
