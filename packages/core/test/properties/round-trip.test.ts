import { testRoundTrips } from './round-trip.ts';

testRoundTrips(10);
