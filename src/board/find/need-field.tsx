import type { ComponentChildren } from 'preact';
import type { Find } from './find.ts';
import type { FieldName } from './problem.ts';

interface NeedFieldProps {
  readonly find: Find;
  readonly name: FieldName;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A labelled field of the form, with the gateway's message about its value. */
export const NeedField = ({ find, name, label, children }: NeedFieldProps) => (
  <div class={`need need-${name}`}>
    <label for={`need-${name}`}>{label}</label>
    {children}
    <NeedProblem find={find} name={name} />
  </div>
);

/** Shows the gateway's message about the value of a field. Screen readers read it out. */
export function NeedProblem({ find, name }: Pick<NeedFieldProps, 'find' | 'name'>) {
  const problem = find.problem.value;
  const message = problem?.field === name ? problem.message : undefined;
  // The style sheet truncates a long message, so that the form stays in sight. The tooltip in `title` shows the whole message.
  return (
    <p id={`problem-${name}`} class="problem" role="alert" title={message}>
      {message}
    </p>
  );
}

/** Returns the attributes that connect a control with the message about its value. */
export const describedBy = (find: Find, name: FieldName) => ({
  'aria-describedby': `problem-${name}`,
  'aria-invalid': find.problem.value?.field === name,
});
