import type { HookPlan } from './hook-plan.ts';

/** What is said to hooks and what they answer, over descriptors or between threads. */
export const PROTOCOL = 1;

export interface LoadRequest {
  readonly type: 'load';
  /** The private folder. */
  readonly folder: string;
  /** The package's folder in it, and the name that its modules are imported under. */
  readonly package: string;
  readonly plan: HookPlan;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface PredictRequest {
  readonly type: 'predict';
  readonly service: string;
  readonly inputs: unknown;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type HookRequest = LoadRequest | PredictRequest;

/** What is sent: requests with a number each, the wish that one should end, and good-bye. */
export type HookMessage =
  | (HookRequest & { readonly id: number })
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close' };

/** What was thrown, or cannot be passed on. */
export interface HookFailure {
  readonly type: 'failed';
  readonly id: number;
  readonly kind: 'hook' | 'outputs' | 'cancelled';
  /** The file of the hook, or the name of what is built in. */
  readonly hook: string;
  /** The class of what was thrown. */
  readonly exception?: string;
  readonly message?: string;
  readonly traceback?: string;
}

export type HookReply =
  /** The first of all replies. */
  | { readonly type: 'ready'; readonly protocol: number }
  | { readonly type: 'done'; readonly id: number; readonly outputs: unknown }
  | HookFailure;
