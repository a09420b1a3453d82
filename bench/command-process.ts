import { writeFileSync } from 'node:fs';

// Runs a command and writes its peak memory (kilobytes) to a file when it ends.
const [, , memoryFile = '', script = '', ...args] = process.argv;
process.argv.splice(2, process.argv.length, ...args);
process.on('exit', () => writeFileSync(memoryFile, String(process.resourceUsage().maxRSS)));
await import(`../scripts/${script}.ts`);
