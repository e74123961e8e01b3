import { element, struct } from './operation.ts';

export const CommonPrefix = struct({
  prefix: element(),
});
