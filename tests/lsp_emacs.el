;;; lsp_emacs.el --- Drives the language server in a batch Emacs  -*- lexical-binding: t; -*-
;;; Commentary:
;; Environment: BT_MODE folder of beamtalk-mode, BT_ROOT, BT_COMMAND as a Lisp list, BT_RESULT.
;;; Code:

(require 'cl-lib)
(require 'json)
(require 'package)
(package-initialize)
(add-to-list 'load-path (getenv "BT_MODE"))
(require 'eglot)
(require 'beamtalk-mode)

(setq beamtalk-command (read (getenv "BT_COMMAND")))
(setq eglot-sync-connect 30)

;; A renaming asks before it changes files that are not visited.
(defalias 'y-or-n-p (lambda (&rest _) t))

(defvar bt-seen nil)

(defun bt-wait (condition)
  "Wait until CONDITION answers non-nil."
  (cl-loop repeat 200 until (funcall condition) do (accept-process-output nil 0.1)))

(defun bt-diagnostics ()
  "The texts of flymake's findings."
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(condition-case problem
    (with-current-buffer (find-file-noselect (expand-file-name "src/Main.bt" (getenv "BT_ROOT")))
      (apply #'eglot (eglot--guess-contact))
      (flymake-mode 1)
      (flymake-start)
      (bt-wait #'bt-diagnostics)
      (push (cons 'diagnostics (vconcat (bt-diagnostics))) bt-seen)
      (bt-wait (lambda () (string-match-p "workspace" beamtalk-status)))
      (push (cons 'status beamtalk-status) bt-seen)
      (push (cons 'mode-line (format "%S" mode-line-process)) bt-seen)
      (goto-char (point-max))
      (forward-line -1)
      (end-of-line)
      (let ((answer (jsonrpc-request (eglot--current-server-or-lose) :textDocument/completion
                                     (eglot--TextDocumentPositionParams))))
        (push (cons 'completion
                    (vconcat (mapcar (lambda (item) (plist-get item :label))
                                     (append (plist-get answer :items) nil))))
              bt-seen))
      (goto-char (point-min))
      (search-forward "Counter")
      (backward-char 2)
      (eglot-rename "Tally")
      (push (cons 'renamed (buffer-string)) bt-seen))
  (error (push (cons 'problem (error-message-string problem)) bt-seen)))

(with-temp-file (getenv "BT_RESULT")
  (insert (json-encode bt-seen)))

;;; lsp_emacs.el ends here
