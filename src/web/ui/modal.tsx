/** Dialogs above the page: they take the focus, give it back, and close with Escape. */
import { type ReactNode, useEffect, useRef } from 'react';

export interface FormDialogProps {
  /** Accessible name. */
  readonly label: string;
  readonly title: string;
  /** Text of the button that submits. */
  readonly submit: string;
  readonly submitClass: 'primary' | 'danger';
  readonly isSubmitDisabled: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that is one form, with a button to cancel and one to submit. */
export function FormDialog(props: FormDialogProps) {
  const { label, title, submit, submitClass, isSubmitDisabled, onSubmit, onClose, children } = props;
  return (
    <Modal label={label} onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <h2>{title}</h2>
        {children}
        <div className="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={submitClass} disabled={isSubmitDisabled}>
            {submit}
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface ModalProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Modal({ label, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="modal"
      // a click inside keeps the focus inside, so that no key reaches the page below
      tabIndex={-1}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}
