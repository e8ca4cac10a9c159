import type { FlatNode } from '../flatten.ts';
import { holds, lastSplit, Rows, shareRows } from './rows.ts';
import type { Finding, Rule } from './scene.ts';

const trainers = ['training/train', 'training/distill'] as const;

/** The part of a split that may be measured on, where it is there and not empty. */
const heldOut = (split: FlatNode, not: readonly string[]): string | undefined =>
  ['validation', 'test'].find((part) => !not.includes(part) && Number(split.params[part]) > 0);

/** Rules about which rows go where. */
export const dataRules: readonly Rule[] = [
  {
    code: 'lint/no-validation',
    replaces: 'training/no-validation',
    title: 'Training without validation rows',
    reason:
      'The loss on the rows that a model learns from keeps falling when it only learns them by heart. Rows that it never sees show when that begins.',
    *find(scene): Iterable<Finding> {
      const rows = new Rows(scene);
      for (const train of scene.of(...trainers)) {
        if (scene.wires(train, 'validation').length > 0 || scene.wires(train, 'dataset').length === 0) continue;
        const cut = lastSplit(rows.at(train, 'dataset'), scene);
        const part = cut && heldOut(cut.split, [cut.part]);
        // rows that were changed after the split must be changed in the same way: a wire from the split would not fit
        const direct = cut && scene.source(train, 'dataset') === cut.split;
        yield {
          at: train,
          port: 'validation',
          message: `${train.title} has no validation rows, so nothing shows when it learns its rows by heart.`,
          hint: 'Split the data set, and wire another part to validation.',
          fixes: cut && part && direct ? scene.wire(train, 'validation', cut.split, part) : [],
        };
      }
    },
  },
  {
    code: 'lint/validation-is-training',
    title: 'Validation rows are training rows',
    reason:
      'A measurement on rows that the model has learned from says how well it remembers, not how well it will do.',
    *find(scene): Iterable<Finding> {
      const rows = new Rows(scene);
      for (const train of scene.of(...trainers)) {
        const learned = rows.at(train, 'dataset');
        const held = rows.at(train, 'validation');
        if (!shareRows(learned, held)) continue;
        const cut = lastSplit(learned, scene);
        const part = cut && heldOut(cut.split, [cut.part]);
        const direct = cut && scene.source(train, 'dataset') === cut.split;
        yield {
          at: train,
          port: 'validation',
          message: `${train.title} validates on rows that it also learns from.`,
          hint: 'Wire another part of the split to validation.',
          other: scene.source(train, 'validation'),
          fixes: cut && part && direct ? scene.wire(train, 'validation', cut.split, part) : [],
        };
      }
    },
  },
  {
    code: 'lint/test-as-validation',
    title: 'Test rows choose the model',
    reason:
      'Stopping early on the test rows fits the model to them, and what is measured on them afterwards is too good.',
    *find(scene): Iterable<Finding> {
      const rows = new Rows(scene);
      for (const train of scene.of(...trainers)) {
        const cut = lastSplit(rows.at(train, 'validation'), scene);
        if (cut?.part !== 'test' || Number(train.params.patience ?? 0) === 0) continue;
        const direct = scene.source(train, 'validation') === cut.split && Number(cut.split.params.validation) > 0;
        yield {
          at: train,
          port: 'validation',
          message: `${train.title} stops by what it measures on the test rows of ${cut.split.title}.`,
          hint: 'Wire the validation part, and keep the test rows for the end.',
          other: cut.split,
          fixes: direct ? scene.wire(train, 'validation', cut.split, 'validation') : [],
        };
      }
    },
  },
  {
    code: 'lint/tokenizer-sees-all',
    title: 'Tokenizer trained on held-out rows',
    reason:
      'A vocabulary that was made with the held-out texts knows their words: the measurement on them is a little too good.',
    *find(scene): Iterable<Finding> {
      const rows = new Rows(scene);
      for (const tokenizer of scene.nodes) {
        if (!tokenizer.definition.outputs.tokenizer || scene.wires(tokenizer, 'dataset').length === 0) continue;
        const seen = rows.at(tokenizer, 'dataset');
        const split = scene
          .of('data/split')
          .find((each) => holds(seen, rows.of(each, 'test')) || holds(seen, rows.of(each, 'validation')));
        if (!split) continue;
        yield {
          at: tokenizer,
          port: 'dataset',
          message: `${tokenizer.title} learns its vocabulary from all rows, also from those that ${split.title} holds out.`,
          hint: 'Wire the training part of the split to it.',
          other: split,
          fixes: scene.wire(tokenizer, 'dataset', split, 'train'),
        };
      }
    },
  },
  {
    code: 'lint/metric-on-training',
    title: 'Measured on training rows',
    reason:
      'A metric on rows that the model has learned from is too good. It is worth drawing beside the one on held-out rows, and worth nothing alone.',
    *find(scene): Iterable<Finding> {
      const rows = new Rows(scene);
      for (const measure of scene.nodes) {
        if (!measure.definition.id.startsWith('metrics/')) continue;
        for (const { from } of scene.wires(measure, 'dataset')) {
          const made = scene.node(from[0]);
          const predictor = made && scene.wires(made, 'model').length > 0 ? made : undefined;
          const learned = predictor ? rows.learnedFrom(predictor, 'model') : rows.learnedFrom(measure, 'model');
          const measured = predictor ? rows.at(predictor, 'dataset') : rows.at(measure, 'dataset');
          if (!shareRows(learned, measured)) continue;
          const target = predictor ?? measure;
          const cut = lastSplit(measured, scene);
          const part = cut && heldOut(cut.split, [cut.part]);
          const direct = cut && scene.source(target, 'dataset') === cut.split;
          yield {
            at: measure,
            port: 'dataset',
            message: `${measure.title} measures on rows that the model has learned from.`,
            hint: 'Predict the held-out part of the split instead.',
            other: predictor,
            fixes: cut && part && direct ? scene.wire(target, 'dataset', cut.split, part) : [],
          };
        }
      }
    },
  },
  {
    code: 'lint/empty-part',
    title: 'A part of a split that is empty',
    reason: 'A share of 0 gives no rows, and what reads them has nothing to do.',
    *find(scene): Iterable<Finding> {
      for (const split of scene.of('data/split'))
        for (const part of ['train', 'validation', 'test'] as const) {
          const [wire] = scene.leaving(split, part);
          if (!wire || Number(split.params[part]) > 0 || Number(split.params.folds ?? 0) > 0) continue;
          const most = Number(split.params.train);
          const shares =
            most > 0.1
              ? [
                  {
                    label: `Give ${part} a tenth of the rows`,
                    edits: [
                      { path: ['nodes', split.origin, 'params', part], value: 0.1 },
                      { path: ['nodes', split.origin, 'params', 'train'], value: Number((most - 0.1).toPrecision(6)) },
                    ],
                  },
                ]
              : [];
          yield {
            at: split,
            param: part,
            message: `${part} of ${split.title} is wired to ${scene.node(wire.to[0])?.title ?? 'a node'}, but its share is 0.`,
            hint: 'Give it a share of the rows.',
            other: scene.node(wire.to[0]),
            fixes: part === 'train' ? [] : shares,
          };
        }
    },
  },
  {
    code: 'lint/target-is-input',
    title: 'The target is an input',
    reason:
      'A network that reads the column that it has to predict copies it, and knows nothing once that column is not there.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        const target = scene.input(train, 'objective', 'objective')?.target;
        const type = scene.input(train, 'dataset', 'dataset');
        const column = target || type?.columns.find(({ role }) => role === 'target')?.name;
        if (column === undefined) continue;
        for (const input of scene.network(train)?.layers ?? []) {
          if (scene.check.reads.get(input.id)?.column !== column) continue;
          yield {
            at: input,
            param: 'column',
            message: `${input.title} reads ${column}, which ${train.title} teaches to predict.`,
            hint: 'Choose another column.',
            other: train,
          };
        }
      }
    },
  },
  {
    code: 'lint/id-is-input',
    title: 'An id is an input',
    reason: 'An id names a row. A network can only learn it by heart.',
    *find(scene): Iterable<Finding> {
      for (const input of scene.of('network/input')) {
        const type = scene.input(input, 'dataset', 'dataset');
        const column = scene.check.reads.get(input.id)?.column;
        if (type?.columns.find(({ name }) => name === column)?.role !== 'id') continue;
        yield {
          at: input,
          param: 'column',
          message: `${input.title} reads ${column}, which only names its rows.`,
          hint: 'Choose a column that says something about them.',
        };
      }
    },
  },
];
