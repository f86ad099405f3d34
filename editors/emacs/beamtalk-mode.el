;;; beamtalk-mode.el --- Major mode for Beamtalk  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, comments and indentation, and the language server by eglot.

;;; Code:

(require 'cl-lib)

(defgroup beamtalk nil
  "The Beamtalk language."
  :group 'languages)

(defcustom beamtalk-command '("beamtalk")
  "The command that runs Beamtalk, with its first arguments."
  :type '(repeat string))

(defvar beamtalk-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23n" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?# "'" table)
    table)
  "Syntax of Beamtalk.")

(defconst beamtalk-font-lock-keywords
  `(("^\\s-*\\(state\\|field\\|classState\\):" 1 font-lock-keyword-face)
    ("^\\s-*\\(abstract\\|sealed\\|typed\\|internal\\|class\\)\\s-" 1 font-lock-keyword-face)
    ("\\_<\\(self\\|super\\)\\_>" 1 font-lock-keyword-face)
    ("\\_<\\(nil\\|true\\|false\\)\\_>" 1 font-lock-constant-face)
    ("#\\('[^']*'\\|[[:alpha:]_][[:alnum:]_:]*\\)" . font-lock-constant-face)
    ("\\$." . font-lock-constant-face)
    ("\\_<[[:upper:]][[:alnum:]_]*\\_>" . font-lock-type-face)
    ("\\_<[[:lower:]_][[:alnum:]_]*:" . font-lock-function-name-face)
    ("@\\(primitive\\|intrinsic\\|expect\\)" . font-lock-preprocessor-face))
  "What is coloured in `beamtalk-mode'.")

;;;###autoload
(define-derived-mode beamtalk-mode prog-mode "Beamtalk"
  "Major mode for Beamtalk."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//+\\s-*")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq-local case-fold-search nil)
  (setq-local mode-line-process '("" beamtalk-status))
  (setq-local font-lock-defaults '(beamtalk-font-lock-keywords nil nil)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.bt\\(script\\)?\\'" . beamtalk-mode))

(defun beamtalk-server-command (&rest _)
  "The command line of the language server."
  (append beamtalk-command '("lsp")))

(defun beamtalk-project (folder)
  "The project around FOLDER: the nearest folder with a manifest."
  (let ((root (locate-dominating-file folder "beamtalk.toml")))
    (and root (cons 'transient (file-name-as-directory (expand-file-name root))))))

(add-hook 'project-find-functions #'beamtalk-project)

(defvar beamtalk-status ""
  "How the workspaces stand, as the language server says it; shown in the mode line.")
(put 'beamtalk-status 'risky-local-variable t)

(defun beamtalk-show-status (summary)
  "Show SUMMARY, which the server has sent, in the mode line of all Beamtalk buffers."
  (setq beamtalk-status (concat " [" (plist-get summary :text) "]"))
  (force-mode-line-update t))

(defvar eglot-server-programs)
(declare-function eglot-handle-notification "eglot")
(with-eval-after-load 'eglot
  (cl-defmethod eglot-handle-notification
    (_server (_method (eql beamtalk/statusChanged)) &key summary &allow-other-keys)
    "Show how the workspaces stand."
    (beamtalk-show-status summary))
  (add-to-list 'eglot-server-programs '(beamtalk-mode . beamtalk-server-command)))

(provide 'beamtalk-mode)
;;; beamtalk-mode.el ends here
