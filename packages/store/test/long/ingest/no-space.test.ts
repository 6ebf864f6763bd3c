import { testFullDisk } from '../../ingest/full-disk.ts';

testFullDisk(Array.from({ length: 30 }, (_, index) => 2 + 2 * index));
