import { testChangesInDamage } from '../../properties/changes-in-damage.ts';

testChangesInDamage(150);
