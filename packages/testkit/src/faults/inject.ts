/**
 * Loaded with `node --import` before a program: counts the calls with which it changes the disk, over all of its
 * threads, which load this too, and lets happen at one of them what its environment says.
 */
import process from 'node:process';
import { fates } from './fate.ts';
import { faultsIn } from './fault.ts';
import { installFaults } from './install.ts';

const faults = faultsIn(process.env);
if (faults !== null) installFaults(fates(faults));
