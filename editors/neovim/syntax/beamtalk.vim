if exists('b:current_syntax')
  finish
endif

syntax match beamtalkComment "//.*$" contains=@Spell
syntax match beamtalkDoc "///.*$" contains=@Spell
syntax region beamtalkComment start="/\*" end="\*/" contains=beamtalkComment,@Spell
syntax region beamtalkInterpolation matchgroup=beamtalkSpecial start="{" end="}" contained contains=TOP
syntax match beamtalkEscape "\\\([ntre0\\{}]\|u{\x\+}\)" contained
syntax region beamtalkString start=+"+ skip=+""+ end=+"+ contains=beamtalkInterpolation,beamtalkEscape,@Spell
syntax match beamtalkCharacter "\$\(\\.\|.\)"
syntax match beamtalkSymbol "#'[^']*'"
syntax match beamtalkSymbol "#[A-Za-z_][A-Za-z0-9_:]*"
syntax match beamtalkNumber "\<\(0x\x\+\|0b[01_]\+\|0o\o\+\|\d\+r\w\+\|\d[0-9_]*\(\.\d\+\)\?\(e[-+]\?\d\+\)\?\)\>"
syntax match beamtalkClass "\<\u\w*\>"
syntax match beamtalkKeyword "\<\l\w*:\ze[^=]"
syntax match beamtalkField "\<self\.\zs\l\w*"
syntax keyword beamtalkSelf self super
syntax keyword beamtalkConstant nil true false
syntax match beamtalkModifier "^\s*\zs\(abstract\|sealed\|typed\|internal\|class\)\ze\s\+\S"
syntax match beamtalkData "^\s*\zs\(state\|field\|classState\):\ze\s"
syntax match beamtalkPragma "@\(primitive\|intrinsic\|expect\)\>"
syntax match beamtalkOperator ":=\|=>\|->\|::\|\^\||>>\|>>"

highlight default link beamtalkComment Comment
highlight default link beamtalkDoc SpecialComment
highlight default link beamtalkString String
highlight default link beamtalkEscape SpecialChar
highlight default link beamtalkSpecial Special
highlight default link beamtalkCharacter Character
highlight default link beamtalkSymbol Constant
highlight default link beamtalkNumber Number
highlight default link beamtalkClass Type
highlight default link beamtalkKeyword Function
highlight default link beamtalkField Identifier
highlight default link beamtalkSelf Keyword
highlight default link beamtalkConstant Constant
highlight default link beamtalkModifier StorageClass
highlight default link beamtalkData Statement
highlight default link beamtalkPragma PreProc
highlight default link beamtalkOperator Operator

let b:current_syntax = 'beamtalk'
