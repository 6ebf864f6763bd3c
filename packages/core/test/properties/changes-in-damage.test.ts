import { testChangesInDamage } from './changes-in-damage.ts';

testChangesInDamage(15);
