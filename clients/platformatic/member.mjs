// One member in a process of its own.
import { runMember } from '../js-checks/member-process.mjs';
import { join } from './group.mjs';

await runMember(join);
