export {
  FAULT_ARGUMENTS,
  type Faults,
  faultEnvironment,
  parseTrace,
  type Strike,
  type TracedCall,
} from './fault.ts';
export { diskFaults, killPoints, type PointOptions } from './points.ts';
