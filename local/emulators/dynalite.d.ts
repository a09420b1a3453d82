declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** npm dynalite: DynamoDB's HTTP protocol over a store in memory. */
  export default function dynalite(options?: {
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
