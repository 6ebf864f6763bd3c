import { vi } from 'vitest';
import { testWays } from '../../ingest/ways.ts';

// Several packing threads also where there are few cores.
vi.mock('node:os', async (original) => ({ ...(await original<object>()), availableParallelism: () => 4 }));

testWays(30);
