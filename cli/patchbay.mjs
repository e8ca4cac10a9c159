#!/usr/bin/env node
// The `patchbay` command. TypeScript is read through tsx, so no build stands between a clone and a run.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
