/** Programs that show text page by page, and run a pager or a formatter for it. */
import { alwaysAsks, forAll, unknownArgument, type Guards } from './guard.ts';
import { firstOutOfBounds, tableGuard, type OperandCheck } from './options.ts';

/** Behind a plus stands a command of the pager. */
const noCommands: OperandCheck = (operands, _seen, context) => {
  const command = operands.find((arg) => arg.wild && arg.text.startsWith('+'));
  return command === undefined ? firstOutOfBounds(operands, context) : unknownArgument(command);
};

export const pagers: Guards = {
  less: tableGuard({ flags: 'NSRFXinEegGmMsqQrfuUwW', digits: true, operands: noCommands }),
  more: tableGuard({ flags: 'dflpcus', digits: true, operands: noCommands }),
  ...forAll(
    'man apropos whatis',
    tableGuard({
      flags: 'fkwaW',
      long: 'whatis apropos where all',
      operands: (operands) => {
        const bad = operands.find((arg) => arg.wild && (arg.glob || !/^[\w][\w.:+@-]*$/.test(arg.text)));
        return bad === undefined ? null : unknownArgument(bad);
      },
    }),
  ),
  ...forAll(
    'bat batcat',
    tableGuard({
      flags: 'npPA',
      values: 'lrHm',
      long: 'plain number style= color= language= line-range= highlight-line= decorations= theme= show-all tabs= wrap=',
    }),
  ),
  ...forAll('delta most pg lv info pinfo w3m lynx links elinks glow mdcat', alwaysAsks('it may run other programs')),
};
