import { StateError } from './state-error.ts';

/** Another run has taken over what this one claimed, since it was silent for too long: it writes nothing more. */
export class FencedOff extends StateError {
  readonly kind = 'busy';
  readonly hint = 'run again: what was published stays, and the rest is done';
  constructor() {
    super('another run has taken over what this one was writing, as it gave no sign of life for too long');
  }
}
