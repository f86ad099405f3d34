%% @doc Parts the tokens of a method into its clauses, and a clause into the patterns and the guard of its
%% head, without their types, and its body. Runs in the caller's process.
-module(beamtalk_source_clauses).

-export([of_tokens/1, after_type/1]).

-type tokens() :: [beamtalk_source_tokens:token()].

%% Each clause has a `=>' outside of brackets, and its head begins on a line of its own. Tokens without
%% any `=>' are a body alone.
-spec of_tokens(tokens()) -> [{Patterns :: tokens(), Guard :: tokens(), Body :: tokens()}].
of_tokens(Tokens) ->
    [parts(Clause) || Clause <- split(Tokens, 0, [], [])].

parts(Clause) ->
    case lists:splitwith(fun(Token) -> element(2, Token) =/= '=>' orelse element(1, Token) =/= mark end, Clause) of
        {Statements, []} ->
            {[], [], Statements};
        {Head, [_ | Body]} ->
            {Patterns, Guard} = to_guard(without_types(Head), []),
            {Patterns, Guard, Body}
    end.

split([], _, Current, Done) ->
    lists:reverse([lists:reverse(Current) | Done]);
split([{mark, '=>', _, _, _} = Arrow | Rest], 0, Current, []) ->
    split(Rest, 0, [Arrow | Current], [[]]);
split([{mark, '=>', _, _, _} = Arrow | Rest], 0, Current, Done) ->
    {Head, Before} = head_of_line(Current, []),
    split(Rest, 0, [Arrow | lists:reverse(Head)], [lists:reverse(Before) | Done]);
split([{open, _, _, _, _} = Token | Rest], Depth, Current, Done) ->
    split(Rest, Depth + 1, [Token | Current], Done);
split([{close, _, _, _, _} = Token | Rest], Depth, Current, Done) ->
    split(Rest, max(0, Depth - 1), [Token | Current], Done);
split([Token | Rest], Depth, Current, Done) ->
    split(Rest, Depth, [Token | Current], Done).

%% The tokens back to the beginning of the line, from the reversed ones.
head_of_line([], Head) -> {Head, []};
head_of_line([{_, _, _, _, true} = Token | Before], Head) -> {[Token | Head], Before};
head_of_line([Token | Before], Head) -> head_of_line(Before, [Token | Head]).

%% `when:' without a block after it is a part of the selector.
to_guard([{keyword, <<"when:">>, _, _, _}, {open, '[', _, _, _} = Open | Rest], Seen) ->
    {lists:reverse(Seen), [Open | Rest]};
to_guard([Token | Rest], Seen) -> to_guard(Rest, [Token | Seen]);
to_guard([], Seen) -> {lists:reverse(Seen), []}.

%%% Types

without_types([{mark, '::', _, _, _} | Rest]) -> without_types(after_type(Rest));
without_types([{operator, <<"->">>, _, _, _} | Rest]) -> without_types(after_type(Rest));
without_types([Token | Rest]) -> [Token | without_types(Rest)];
without_types([]) -> [].

%% The tokens after a type: names, parentheses and operators between them.
-spec after_type(tokens()) -> tokens().
after_type([{Kind, _, _, _, _}, {open, '(', _, _, _} | Rest]) when Kind =:= class; Kind =:= word ->
    type_goes_on(after_bracket(Rest, 1));
after_type([{class, _, _, _, _}, {word, <<"class">>, _, _, _} | Rest]) ->
    type_goes_on(Rest);
after_type([{open, '(', _, _, _} | Rest]) ->
    type_goes_on(after_bracket(Rest, 1));
after_type([_ | Rest]) ->
    type_goes_on(Rest);
after_type([]) ->
    [].

type_goes_on([{mark, '|', _, _, _} | Rest]) -> after_type(Rest);
type_goes_on([{operator, Operator, _, _, _} | Rest]) when Operator =:= <<"&">>; Operator =:= <<"\\">> ->
    after_type(Rest);
type_goes_on(Rest) -> Rest.

after_bracket(Rest, 0) -> Rest;
after_bracket([{open, _, _, _, _} | Rest], Depth) -> after_bracket(Rest, Depth + 1);
after_bracket([{close, _, _, _, _} | Rest], Depth) -> after_bracket(Rest, Depth - 1);
after_bracket([_ | Rest], Depth) -> after_bracket(Rest, Depth);
after_bracket([], _) -> [].
