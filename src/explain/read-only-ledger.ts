import type { Ledger } from '../ledger/ledger.ts';

/** A ledger that is read and never written: what would be noted is forgotten. */
export function readOnlyLedger(ledger: Pick<Ledger, 'read'>): Ledger {
  return {
    read: (subs, signal) => ledger.read(subs, signal),
    write: async () => {},
    touch: async () => {},
    notePassword: async () => {},
    noteGone: async () => true,
    noteBan: async () => {},
    forget: async () => true,
  };
}
