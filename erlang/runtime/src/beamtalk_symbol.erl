%% @doc Primitives of `Symbol': atoms other than `nil', `true' and `false'.
-module(beamtalk_symbol).

-export([asString/1, numArgs/1, '<'/2, '>'/2, '<='/2, '>='/2]).

-spec asString(atom()) -> binary().
asString(Symbol) -> atom_to_binary(Symbol).

%% One for each colon; one for a binary selector; none for a word.
-spec numArgs(atom()) -> non_neg_integer().
numArgs(Symbol) ->
    Text = atom_to_binary(Symbol),
    case length(binary:matches(Text, <<":">>)) of
        0 -> binary_arguments(Text);
        N -> N
    end.

binary_arguments(Text) ->
    case re:run(Text, <<"^[-+*/%<>=~&|,@!?\\\\]+$">>, [{capture, none}]) of
        match -> 1;
        nomatch -> 0
    end.

-spec '<'(atom(), term()) -> boolean().
'<'(A, B) -> A < symbol(B, '<').

-spec '>'(atom(), term()) -> boolean().
'>'(A, B) -> A > symbol(B, '>').

-spec '<='(atom(), term()) -> boolean().
'<='(A, B) -> A =< symbol(B, '<=').

-spec '>='(atom(), term()) -> boolean().
'>='(A, B) -> A >= symbol(B, '>=').

symbol(X, Selector) -> beamtalk_check:symbol(X, 'Symbol', Selector).
