import { type Command, Option } from 'commander';
import { whole } from '../whole.ts';

/** An experiment to be told, or the list of them. */
export interface ExperimentCommand {
  readonly name: string | undefined;
  readonly seed: number;
  /** How many seeds to run, if it is not to be told but counted. */
  readonly seeds: number | undefined;
  readonly prevented: boolean;
  readonly json: boolean;
}

export function addExperimentCommand(
  program: Command,
  chosen: (command: ExperimentCommand) => void,
): void {
  const command = program
    .command('experiment')
    .description('tell what goes wrong in a cluster, step by step, and what prevents it')
    .argument('[name]', 'which; without it, the list of all')
    .addOption(new Option('--seed <number>', 'another run of it (default: 0)').argParser(whole))
    .addOption(new Option('--seeds <count>', 'run so many, and count').argParser(whole))
    .option('--prevented', 'tell in full how it is prevented')
    .option('--json', 'as JSON')
    .action((name: string | undefined) => {
      const flags = command.optsWithGlobals<Partial<ExperimentCommand>>();
      const { seed = 0, seeds, prevented = false, json = false } = flags;
      chosen({ name, seed, seeds, prevented, json });
    });
}
