import { testRoundTrips } from '../../properties/round-trip.ts';

testRoundTrips(30);
