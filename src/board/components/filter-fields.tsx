import type { ComponentChildren } from 'preact';

interface FieldProps {
  readonly id: string;
  readonly label: string;
}

/** A labelled field of the filter bar. */
export function Field({ id, label, children }: FieldProps & { readonly children: ComponentChildren }) {
  return (
    <div class={`field field-${id}`}>
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}

interface SelectFieldProps extends FieldProps {
  readonly value: string | number;
  /** The values, each with the text that the control shows for it. */
  readonly options: readonly (readonly [value: string | number, text: string])[];
  readonly onChange: (value: string) => void;
}

/** A field in which the visitor chooses one of several options. */
export const SelectField = ({ id, label, value, options, onChange }: SelectFieldProps) => (
  <Field id={id} label={label}>
    <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map(([optionValue, text]) => (
        <option key={optionValue} value={optionValue}>
          {text}
        </option>
      ))}
    </select>
  </Field>
);
