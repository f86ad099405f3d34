%% @doc Primitives of `Boolean': the operations that take a boolean, not a block.
-module(beamtalk_boolean).

-export(['xor:'/2, '&'/2, '|'/2]).

-spec 'xor:'(boolean(), term()) -> boolean().
'xor:'(A, B) -> A xor boolean(A, B, 'xor:').

-spec '&'(boolean(), term()) -> boolean().
'&'(A, B) -> boolean(A, B, '&') and A.

-spec '|'(boolean(), term()) -> boolean().
'|'(A, B) -> boolean(A, B, '|') or A.

boolean(true, B, Selector) -> beamtalk_check:boolean(B, 'True', Selector);
boolean(false, B, Selector) -> beamtalk_check:boolean(B, 'False', Selector).
