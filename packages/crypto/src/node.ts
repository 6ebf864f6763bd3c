export { nodeEngine } from './engines/node.ts';
