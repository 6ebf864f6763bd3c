import { parentPort, workerData } from 'node:worker_threads';
import { asCairnError } from '../../../errors.ts';
import { readHistories } from './metrics.ts';
import { withDatabase } from './open-database.ts';
import type { Answers, DatabaseData, FromDatabase, Question, ToDatabase } from './questions.ts';
import { readRegistered } from './registered.ts';
import { listRuns, readModel, readRun } from './runs.ts';
import type { Tables } from './tables.ts';

const data = workerData as DatabaseData;

parentPort?.on('message', ({ number, question }: ToDatabase) => {
  try {
    const answer = withDatabase(data, (tables) => answerTo(tables, question));
    send({ number, answer });
  } catch (error) {
    const { code, message, hint, data: told } = asCairnError(error);
    send({ number, failure: { code, message, hint, data: told } });
  }
});

function answerTo(tables: Tables, question: Question): Answers[keyof Answers] {
  switch (question.kind) {
    case 'runs':
      return listRuns(tables, question);
    case 'run':
      return readRun(tables, question.id);
    case 'model':
      return readModel(tables, question.id);
    case 'histories':
      return readHistories(tables, question.id);
    case 'registered':
      return readRegistered(tables);
  }
}

function send(message: FromDatabase): void {
  parentPort?.postMessage(message);
}
