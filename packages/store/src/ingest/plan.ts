import { readFileSync, readSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { HeadReader, PartPlan } from '../parts/part.ts';
import { planOnnxExternal, planParts } from '../parts/plan.ts';
import type { SourceFile } from './source-file.ts';

/** Largest `.onnx` file that is looked into for a table of the data beside it, bytes: such files hold a graph only. */
const ONNX_GRAPH_SIZE_MAX = 64 * 1024 * 1024;

interface PlanInput {
  readonly fd: number;
  /** Bytes. */
  readonly size: number;
  /** All files of the same version, among which an ONNX graph may say what this one holds. */
  readonly others: readonly SourceFile[];
}

/** How a large file is cut: at its tensors where it, or an ONNX graph beside it, tells where they are. */
export function planFile(file: SourceFile, { fd, size, others }: PlanInput): PartPlan {
  const plan = planParts(headReader(fd), size);
  if (plan.kind === 'listed') return plan;
  for (const graph of others) {
    const location = locationFrom(graph.path, file.path);
    const listed = location === null ? null : planFromGraph(graph, location, size);
    if (listed) return listed;
  }
  return plan;
}

function headReader(fd: number): HeadReader {
  return (offset, length) => {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = readSync(fd, bytes, read, length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  };
}

/** Where a graph would say that its data is: relative to its own folder, and never above it. */
function locationFrom(graph: string, data: string): string | null {
  if (!graph.endsWith('.onnx') || graph === data) return null;
  const location = posix.relative(posix.dirname(graph), data);
  return location.startsWith('../') ? null : location;
}

function planFromGraph(graph: SourceFile, location: string, size: number): PartPlan | null {
  const status = statSync(graph.from, { throwIfNoEntry: false });
  if (!status?.isFile() || status.size > ONNX_GRAPH_SIZE_MAX) return null;
  return planOnnxExternal(readFileSync(graph.from), location, size);
}
