import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

export interface ProxyOptions {
  /** Where connections are passed on to, on loopback. */
  readonly port: number;
  /**
   * For each connection in turn, after how many bytes in both directions it is cut; null never. The last one stands for
   * all that follow.
   */
  readonly cutAfter: readonly (number | null)[];
}

/** Passes connections on, and cuts them off in the middle as a bad network does. */
export function listenAsProxy({ port, cutAfter }: ProxyOptions): Promise<number> {
  let connections = 0;
  return listen(
    createServer((near) => {
      const limit = cutAfter[Math.min(connections++, cutAfter.length - 1)] ?? null;
      passOn(near, connect(port, '127.0.0.1'), limit);
    }),
  );
}

function passOn(near: Socket, far: Socket, limit: number | null): void {
  let left = limit ?? Number.POSITIVE_INFINITY;
  const cut = () => {
    near.destroy();
    far.destroy();
  };
  const forward = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      const part = chunk.subarray(0, left);
      left -= part.byteLength;
      const isLast = left === 0 && limit !== null;
      if (isLast) to.write(part, cut);
      else if (!to.write(part)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => to.end());
    from.on('error', cut);
  };
  forward(near, far);
  forward(far, near);
}
