import './on-paper.css';
import { Text, Title } from './text.tsx';
import { UserText } from './words.tsx';

interface OnPaperProps {
  readonly title: string;
  /** What the reader must know of it: since when, by whom, how final. */
  readonly more: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The first child of a `Screen`: the table that is printed instead of what follows it. */
export function OnPaper({ title, more, heads, rows }: OnPaperProps) {
  return (
    <section class="on-paper" aria-hidden="true">
      <Title level="part">{title}</Title>
      <Text>{more}</Text>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head}>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>
                  <UserText>{cell}</UserText>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
