import { element, string, struct } from './operation.ts';

export const Owner = struct({
  displayName: element(),
  id: element(string(), 'ID'),
});
