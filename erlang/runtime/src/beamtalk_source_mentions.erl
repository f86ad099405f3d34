%% @doc What the source text of a method mentions, in the form of the index that the compiler makes
%% of compiled methods (`'$index'()'): sends, named classes, reads and writes of fields, symbols and
%% calls of Erlang, with their lines in the text. Besides, `{announced, Class, Line}' for each class
%% that the argument of `announce:' names. A text with mistakes gives what can be read of it.
-module(beamtalk_source_mentions).

-export([of_method/1]).

-type mention() ::
    {send, atom(), self | super | other | {class, atom()}, pos_integer()}
    | {class | read | write | symbol | announced, atom(), pos_integer()}
    | {erlang, atom(), atom(), arity(), pos_integer()}.
-export_type([mention/0]).

%% Where an expression stands: a statement on a line of some indentation, whose next line goes on
%% only when it is deeper; in parentheses; in a literal, where a comma or a bar ends an element; or in the
%% body of an arm, which has no cascade.
-record(at, {indent = none, commas = operator, cascades = true}).

-define(TIGHTNESS, #{
    <<"**">> => 6, <<"*">> => 5, <<"/">> => 5, <<"%">> => 5, <<"+">> => 4, <<"-">> => 4, <<"++">> => 4,
    <<"<">> => 3, <<">">> => 3, <<"<=">> => 3, <<">=">> => 3,
    <<"=:=">> => 2, <<"==">> => 2, <<"=/=">> => 2, <<"/=">> => 2, <<"~=">> => 2
}).

%% Of a whole method, with all its clauses, or of statements alone.
-spec of_method(binary()) -> [mention()].
of_method(Text) ->
    lists:append([clause(Clause) || Clause <- beamtalk_source_clauses:of_tokens(beamtalk_source_tokens:of_text(Text))]).

%% A head mentions classes and symbols in patterns, and what its guard says.
clause({Patterns, Guard, Body}) ->
    pattern(Patterns) ++ found(expression(Guard, #at{}, [])) ++ found(statements(Body, [])).

found({_, Found}) -> lists:reverse(Found).

%% A pattern: what it names; nothing in it is sent.
pattern([{class, Name, Line, _, _} | Rest]) -> [{class, class_name(Name), Line} | pattern(Rest)];
pattern([{symbol, Name, Line, _, _} | Rest]) -> [{symbol, binary_to_atom(Name), Line} | pattern(Rest)];
pattern([{word, Name, Line, _, _}, {mark, '=>', _, _, _} | Rest]) ->
    [{symbol, binary_to_atom(Name), Line} | pattern(Rest)];
pattern([_ | Rest]) -> pattern(Rest);
pattern([]) -> [].

%%% Statements and arms

statements([], Found) ->
    {[], Found};
statements([{close, _, _, _, _} | _] = Tokens, Found) ->
    {Tokens, Found};
statements([{mark, _, _, _, _} | Rest], Found) ->
    statements(Rest, Found);
statements([{_, _, _, Indent, _} | _] = Tokens, Found) ->
    {Rest, More} = expression(Tokens, #at{indent = Indent}, Found),
    statements(progressed(Tokens, Rest), More).

%% Text that nothing can be made of is passed over, a token at a time.
progressed([_ | Rest] = Tokens, Tokens) -> Rest;
progressed(_, Rest) -> Rest.

arms([], Found) ->
    {[], Found};
arms([{close, _, _, _, _} | _] = Tokens, Found) ->
    {Tokens, Found};
arms([{mark, Mark, _, _, _} | Rest], Found) when Mark =:= ';'; Mark =:= '.' ->
    arms(Rest, Found);
arms([{_, _, _, Indent, _} | _] = Tokens, Found) ->
    {Pattern, Rest} = arm_pattern(Tokens, 0, []),
    {AfterGuard, Guarded} = arm_guard(Rest, lists:reverse(pattern(Pattern), Found)),
    {AfterBody, More} = expression(AfterGuard, #at{indent = Indent, cascades = false}, Guarded),
    arms(progressed(Tokens, AfterBody), More).

arm_pattern([{operator, <<"->">>, _, _, _} | Rest], 0, Seen) -> {lists:reverse(Seen), Rest};
arm_pattern([{keyword, <<"when:">>, _, _, _} | _] = Rest, 0, Seen) -> {lists:reverse(Seen), Rest};
arm_pattern([{open, _, _, _, _} = Token | Rest], Depth, Seen) -> arm_pattern(Rest, Depth + 1, [Token | Seen]);
arm_pattern([{close, _, _, _, _} | _] = Rest, 0, Seen) -> {lists:reverse(Seen), Rest};
arm_pattern([{close, _, _, _, _} = Token | Rest], Depth, Seen) -> arm_pattern(Rest, Depth - 1, [Token | Seen]);
arm_pattern([Token | Rest], Depth, Seen) -> arm_pattern(Rest, Depth, [Token | Seen]);
arm_pattern([], _, Seen) -> {lists:reverse(Seen), []}.

arm_guard([{keyword, <<"when:">>, _, _, _} | Rest], Found) ->
    {_, After, More} = primary(Rest, Found),
    case After of
        [{operator, <<"->">>, _, _, _} | Body] -> {Body, More};
        _ -> {After, More}
    end;
arm_guard(Rest, Found) ->
    {Rest, Found}.

%%% Expressions: assignment, pipe, cascade, keyword send, binary send, unary send

expression([{mark, '^', _, _, _} | Rest], At, Found) ->
    expression(Rest, At, Found);
expression(Tokens, At, Found) ->
    {Receiver, Rest, More} = cascaded(Tokens, At, Found),
    assigned(Receiver, Rest, At, More).

assigned(Target, [{mark, ':=', _, _, _} | Rest], At, Found) ->
    expression(Rest, At, written(Target, Found));
assigned(Target, [{mark, '::', _, _, _} | Rest], At, Found) ->
    assigned(Target, beamtalk_source_clauses:after_type(Rest), At, Found);
assigned({field, Name, Line}, [{operator, <<"/=">>, _, _, false} | Rest], At, Found) ->
    expression(Rest, At, [{write, Name, Line} | Found]);
assigned({field, Name, Line}, [{operator, Operator, _, _, false} | Rest], At, Found) when
    Operator =:= <<"+=">>; Operator =:= <<"-=">>; Operator =:= <<"*=">>; Operator =:= <<"++=">>
->
    expression(Rest, At, [{write, Name, Line} | Found]);
assigned(_, [{operator, Operator, _, _, false} | Rest], At, Found) when
    Operator =:= <<"+=">>; Operator =:= <<"-=">>; Operator =:= <<"*=">>; Operator =:= <<"++=">>
->
    expression(Rest, At, Found);
assigned(_, [{mark, '!', _, _, _} | Rest], _, Found) ->
    {Rest, Found};
assigned(_, Rest, _, Found) ->
    {Rest, Found}.

%% The field was noted as read when it was seen.
written({field, Name, Line}, [{read, Name, Line} | Found]) -> [{write, Name, Line} | Found];
written(_, Found) -> Found.

cascaded(Tokens, At, Found) ->
    {Answer, Of, Rest, More} = keyword_send(Tokens, At, Found),
    goes_on(Answer, Of, Rest, At, More).

goes_on(_, Of, [{mark, ';', _, _, _} = Mark | Rest], #at{cascades = true} = At, Found) ->
    case continues(Mark, At) of
        true ->
            {AfterMessage, More} = message(Of, Rest, At, Found),
            goes_on(other, Of, AfterMessage, At, More);
        false ->
            {other, [Mark | Rest], Found}
    end;
goes_on(Answer, _, [{mark, '|>>', _, _, _} = Mark | Rest], At, Found) ->
    case continues(Mark, At) of
        true ->
            {_, Of, AfterStage, More} = keyword_send(Rest, At, Found),
            goes_on(other, Of, AfterStage, At, More);
        false ->
            {Answer, [Mark | Rest], Found}
    end;
goes_on(Answer, _, Rest, _, Found) ->
    {Answer, Rest, Found}.

%% A message after `;', to the receiver of the cascade.
message(Of, [{word, Name, Line, _, _} | Rest], _, Found) ->
    {Rest, sent(Name, Of, Line, 0, Found)};
message(Of, [{keyword, _, _, _, _} | _] = Tokens, At, Found) ->
    {_, _, Rest, More} = keyword_parts(Of, Tokens, At, Found),
    {Rest, More};
message(Of, [{operator, Operator, Line, _, _} | Rest], At, Found) ->
    {_, _, After, More} = unary_send(Rest, At, sent(Operator, Of, Line, 1, Found)),
    {After, More};
message(_, Tokens, _, Found) ->
    {Tokens, Found}.

%% The answer's kind, and the receiver of the last message, to which a cascade goes.
keyword_send(Tokens, At, Found) ->
    {Receiver, Of, Rest, More} = binary_send(Tokens, 1, At, Found),
    case Rest of
        [{keyword, _, _, _, _} = Token | _] ->
            case continues(Token, At) of
                true -> keyword_parts(Receiver, Rest, At, More);
                false -> {Receiver, Of, Rest, More}
            end;
        _ ->
            {Receiver, Of, Rest, More}
    end.

keyword_parts(Receiver, [{keyword, Match, _, _, _}, {open, '[', _, _, _} | Rest], At, Found) when
    Match =:= <<"match:">>; Match =:= <<"matchExhaustive:">>
->
    {After, More} = arms(Rest, Found),
    after_keywords(Receiver, closed(After), At, More);
keyword_parts(Receiver, [{keyword, First, Line, _, _} | _] = Tokens, At, Found) ->
    {Selector, Count, Rest, More} = arguments(Tokens, is_future(First), At, <<>>, 0, []),
    Noted = lists:reverse(announced(Selector, More, Line), More ++ sent(Selector, Receiver, Line, Count, Found)),
    after_keywords(Receiver, Rest, At, Noted).

%% The messages of futures are a send of their own at the end of a run.
after_keywords(Receiver, [{keyword, Part, _, _, _} = Token | _] = Tokens, At, Found) ->
    case is_future(Part) andalso continues(Token, At) of
        true -> keyword_parts(other, Tokens, At, Found);
        false -> {other, Receiver, Tokens, Found}
    end;
after_keywords(Receiver, Tokens, _, Found) ->
    {other, Receiver, Tokens, Found}.

is_future(Part) -> Part =:= <<"whenResolved:">> orelse Part =:= <<"whenRejected:">>.

arguments([{keyword, Part, _, _, _} = Token | Rest] = Tokens, OfFuture, At, Selector, Count, Found) ->
    Goes = Count =:= 0 orelse (continues(Token, At) andalso is_future(Part) =:= OfFuture),
    case Goes of
        true ->
            {_, _, After, More} = binary_send(Rest, 1, At, Found),
            arguments(After, OfFuture, At, <<Selector/binary, Part/binary>>, Count + 1, More);
        false ->
            {Selector, Count, Tokens, Found}
    end;
arguments(Tokens, _, _, Selector, Count, Found) ->
    {Selector, Count, Tokens, Found}.

announced(<<"announce:">>, Found, _) -> [{announced, Name, Line} || {class, Name, Line} <- Found];
announced(_, _, _) -> [].

%% Operators by precedence, climbing from the loosest.
binary_send(Tokens, Level, At, Found) ->
    {Left, Of, Rest, More} = unary_send(Tokens, At, Found),
    operators(Left, Of, Rest, Level, At, More).

operators(Left, Of, [Token | Rest] = Tokens, Level, At, Found) ->
    case operator(Token, At) of
        {Name, Line} ->
            Tight = maps:get(Name, ?TIGHTNESS, 1),
            case Tight >= Level of
                true ->
                    Inner = case Name of <<"**">> -> Tight; _ -> Tight + 1 end,
                    {_, _, After, More} = binary_send(Rest, Inner, At, sent(Name, Left, Line, 1, Found)),
                    operators(other, Left, After, Level, At, More);
                false ->
                    {Left, Of, Tokens, Found}
            end;
        none ->
            {Left, Of, Tokens, Found}
    end;
operators(Left, Of, [], _, _, Found) ->
    {Left, Of, [], Found}.

%% Compound assignments are no operators; a comma is one outside of literals.
operator({operator, Name, _, _, _}, _) when
    Name =:= <<"+=">>; Name =:= <<"-=">>; Name =:= <<"*=">>; Name =:= <<"++=">>; Name =:= <<"=">>
->
    none;
operator({operator, Name, Line, _, _} = Token, At) ->
    case continues(Token, At) of true -> {Name, Line}; false -> none end;
operator({mark, Mark, Line, _, _} = Token, #at{commas = operator} = At) when Mark =:= ','; Mark =:= '|' ->
    case continues(Token, At) of true -> {atom_to_binary(Mark), Line}; false -> none end;
operator(_, _) ->
    none.

unary_send(Tokens, At, Found) ->
    {Kind, Rest, More} = primary(Tokens, Found),
    unary_messages(Kind, Kind, Rest, At, More).

unary_messages(Kind, _, [{word, <<"future">>, Line, _, false}, {keyword, _, _, _, _} = Next | Rest], _, Found) ->
    {Kind, Kind, [Next | Rest], sent(<<"future">>, Kind, Line, 0, Found)};
unary_messages(Kind, _, [{word, Name, Line, _, First} | Rest], #at{indent = Indent} = At, Found) when
    not First; Indent =:= none
->
    unary_messages(answer(Kind, Name), Kind, Rest, At, sent(Name, Kind, Line, 0, Found));
unary_messages(Kind, Of, Rest, _, Found) ->
    {Kind, Of, Rest, Found}.

%% `Erlang lists' names a module.
answer({class, 'Erlang'}, Name) -> {module, binary_to_atom(Name)};
answer(_, _) -> other.

continues({_, _, _, _, false}, _) -> true;
continues(_, #at{indent = none}) -> true;
continues({_, _, _, Indent, true}, #at{indent = Of}) -> Indent > Of.

%%% Primaries: the kind, the tokens after it, and what was found

primary([{word, <<"self">>, _, _, _} | Rest], Found) -> {self, Rest, Found};
primary([{word, <<"super">>, _, _, _} | Rest], Found) -> {super, Rest, Found};
primary([{word, _, _, _, _} | Rest], Found) -> {other, Rest, Found};
primary([{literal, _, _, _, _} | Rest], Found) -> {other, Rest, Found};
primary([{field, Name, Line, _, _} | Rest], Found) ->
    Field = binary_to_atom(Name),
    {{field, Field, Line}, Rest, [{read, Field, Line} | Found]};
primary([{class, Name, Line, _, _} | Rest], Found) ->
    Class = class_name(Name),
    {{class, Class}, Rest, [{class, Class, Line} | Found]};
primary([{symbol, Name, Line, _, _} | Rest], Found) ->
    {other, Rest, [{symbol, binary_to_atom(Name), Line} | Found]};
primary([{string, Parts, _, _, _} | Rest], Found) ->
    {other, Rest, lists:foldl(fun(Part, Sofar) -> element(2, expression(Part, #at{}, Sofar)) end, Found, Parts)};
primary([{open, '[', _, _, _} | Rest], Found) ->
    {After, More} = statements(block_parameters(Rest), Found),
    {other, closed(After), More};
primary([{open, '(', _, _, _} | Rest], Found) ->
    {Kind, After, More} = cascaded(Rest, #at{}, Found),
    {AfterAll, Noted} = assigned(Kind, After, #at{}, More),
    {parenthesized(Kind), closed(AfterAll), Noted};
primary([{open, '<<', _, _, _} | Rest], Found) ->
    {After, More} = segments(Rest, Found),
    {other, closed(After), More};
primary([{open, _, _, _, _} | Rest], Found) ->
    {After, More} = elements(Rest, Found),
    {other, closed(After), More};
primary(Tokens, Found) ->
    {other, Tokens, Found}.

parenthesized({field, _, _}) -> other;
parenthesized(Kind) -> Kind.

block_parameters([{mark, ':', _, _, _}, {word, _, _, _, _} | Rest]) -> block_parameters(Rest);
block_parameters([{mark, '::', _, _, _} | Rest]) -> block_parameters(beamtalk_source_clauses:after_type(Rest));
block_parameters([{mark, '|', _, _, _} | Rest]) -> Rest;
block_parameters(Tokens) -> Tokens.

%% Segments of binaries: values and sizes; the words after `/' are types.
segments([], Found) ->
    {[], Found};
segments([{close, _, _, _, _} | _] = Tokens, Found) ->
    {Tokens, Found};
segments([{operator, _, _, _, _}, _ | Rest], Found) ->
    segments(Rest, Found);
segments(Tokens, Found) ->
    {_, Rest, More} = primary(Tokens, Found),
    segments(progressed(Tokens, Rest), More).

%% Elements of literals, with what stands between them.
elements([], Found) ->
    {[], Found};
elements([{close, _, _, _, _} | _] = Tokens, Found) ->
    {Tokens, Found};
elements([{mark, _, _, _, _} | Rest], Found) ->
    elements(Rest, Found);
elements([{word, Key, Line, _, _}, {mark, '=>', _, _, _} | Rest], Found) ->
    elements(Rest, [{symbol, binary_to_atom(Key), Line} | Found]);
elements([{keyword, _, _, _, _} | Rest], Found) ->
    elements(Rest, Found);
elements(Tokens, Found) ->
    {Rest, More} = expression(Tokens, #at{commas = separator}, Found),
    elements(progressed(Tokens, Rest), More).

closed([{close, _, _, _, _} | Rest]) -> Rest;
closed(Rest) -> Rest.

%%% Mentions

sent(_, {class, 'Erlang'}, _, _, Found) ->
    Found;
sent(Selector, {module, Module}, Line, Count, Found) ->
    [Function | _] = binary:split(Selector, <<":">>),
    [{erlang, Module, binary_to_atom(Function), Count, Line} | Found];
sent(Selector, Receiver, Line, _, Found) ->
    [{send, binary_to_atom(Selector), receiver(Receiver), Line} | Found].

receiver(self) -> self;
receiver(super) -> super;
receiver({class, _} = Class) -> Class;
receiver(_) -> other.

%% The class of a package is known by its bare name.
class_name(Text) ->
    [Name | _] = lists:reverse(binary:split(Text, <<"@">>)),
    binary_to_atom(Name).
