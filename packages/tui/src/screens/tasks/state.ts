import {
  LIST_START,
  type ListExtent,
  type ListMove,
  type ListState,
  moveList,
} from '../../list/list-state.ts';

export interface TasksState {
  readonly list: ListState;
}

export const TASKS_START: TasksState = { list: LIST_START };

export interface TasksAction {
  readonly type: 'moved';
  readonly move: ListMove;
  readonly extent: ListExtent;
}

export function reduceTasks({ list }: TasksState, { move, extent }: TasksAction): TasksState {
  return { list: moveList(list, move, extent) };
}
