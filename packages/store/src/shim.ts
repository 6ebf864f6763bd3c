export async function rollUp(_r: unknown): Promise<{ merged: number }> { return { merged: 0 }; }
export interface CollectionResult { freed: number; objects: number; packsDropped: number; packsRewritten: number }
export interface CollectionOptions { removing?: readonly string[]; graceMs?: number; now?: Date; timeoutMs?: number; signal?: AbortSignal }
export async function planCollection(_r: unknown, _o: CollectionOptions): Promise<CollectionResult> { return { freed: 0, objects: 0, packsDropped: 0, packsRewritten: 0 }; }
export const collectGarbage = planCollection;
