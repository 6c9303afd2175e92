import { Command, CommanderError } from 'commander'
import { findPeople, type Options } from './identity/find-people.ts'
import { InputError } from './identity/input-error.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

const program = new Command('identity').description('find the records of one person in files, without labels').exitOverride()

program
  .command('dedupe <file>')
  .description('find the records of one person in one file')
  .requiredOption('--id <column>', 'the column that identifies records')
  .option('--map <map.json>', 'kinds of columns; columns that it does not name are not read')
  .requiredOption('--out <pairs.csv>', 'every pair of records of one person: id_a, id_b, probability, cluster')
  .option('--report <report.html>', 'the model, the quality and pairs to check')
  .option('--sample <sample.csv>', 'pairs for a person to label')
  .action((file: string, options: Options) => findPeople([file], options, false, print))

program
  .command('link <files...>')
  .description('find the records of one person in two or more files; pairs are of different files')
  .requiredOption('--id <column>', 'the column that identifies records, in each file')
  .option('--map <map.json>', 'kinds of columns; columns that it does not name are not read')
  .requiredOption('--out <pairs.csv>', 'pairs as of dedupe; with file_a and file_b when an id is in two files')
  .option('--report <report.html>', 'the model, the quality and pairs to check')
  .option('--sample <sample.csv>', 'pairs for a person to label')
  .action((files: string[], options: Options) => {
    if (files.length < 2) throw new InputError('FILE_MISSING', 'link needs two files or more; dedupe is for one file.')
    findPeople(files, options, true, print)
  })

try {
  program.parse()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  if (!(error instanceof InputError)) throw error
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exit(2)
}
