import { writeFileSync } from 'node:fs';

// The command as it is, with its peak of memory (kilobytes) written down at its end.
const [, , memoryFile = '', ...args] = process.argv;
process.argv.splice(2, process.argv.length, ...args);
process.on('exit', () => writeFileSync(memoryFile, String(process.resourceUsage().maxRSS)));
await import('../scripts/cws.ts');
