%% @doc Primitives of `Json': a reader and a writer of RFC 8259.
-module(beamtalk_json).

-export(['class parse:'/2, 'class generate:'/2, 'class prettyPrint:'/2]).

%% Deeper nesting than this is refused: a hostile text must not exhaust the memory.
-define(MAX_DEPTH, 10000).

%%% Reading

-spec 'class parse:'(term(), term()) -> beamtalk_result:result().
'class parse:'(_, Text) ->
    Json = beamtalk_check:string(Text, 'Json', 'parse:'),
    try
        {Value, Rest} = value(space(Json), 0),
        case space(Rest) of
            <<>> -> beamtalk_result:ok(Value);
            Left -> fail(<<"text after the value">>, Left)
        end
    catch
        throw:{?MODULE, What, At} -> beamtalk_result:error(unreadable(Json, What, At))
    end.

unreadable(Json, What, Left) ->
    Before = binary:part(Json, 0, byte_size(Json) - byte_size(Left)),
    Lines = binary:split(Before, <<"\n">>, [global]),
    Line = length(Lines),
    Column = string:length(lists:last(Lines)) + 1,
    Message = io_lib:format("Json>>parse: ~ts at line ~b, column ~b", [What, Line, Column]),
    beamtalk_exception:make(parse_error, 'Json', 'parse:', Message, nil, #{line => Line, column => Column}).

-spec fail(unicode:chardata(), binary()) -> no_return().
fail(What, Left) -> throw({?MODULE, What, Left}).

space(<<C, Rest/binary>>) when C =:= $\s; C =:= $\n; C =:= $\r; C =:= $\t -> space(Rest);
space(Text) -> Text.

value(Text, Depth) when Depth > ?MAX_DEPTH -> fail(<<"too deeply nested">>, Text);
value(<<"{", Rest/binary>>, Depth) -> object(space(Rest), Depth + 1);
value(<<"[", Rest/binary>>, Depth) -> array(space(Rest), Depth + 1);
value(<<"\"", Rest/binary>>, _) -> string(Rest, Rest, 0, []);
value(<<"true", Rest/binary>>, _) -> {true, Rest};
value(<<"false", Rest/binary>>, _) -> {false, Rest};
value(<<"null", Rest/binary>>, _) -> {nil, Rest};
value(<<C, _/binary>> = Text, _) when C =:= $-; C >= $0, C =< $9 -> number(Text);
value(<<>>, _) -> fail(<<"expected a value, found the end">>, <<>>);
value(Text, _) -> fail(<<"expected a value">>, Text).

array(<<"]", Rest/binary>>, _) -> {[], Rest};
array(Text, Depth) -> elements(Text, Depth, []).

elements(Text, Depth, Acc) ->
    {Value, Rest} = value(Text, Depth),
    case space(Rest) of
        <<",", More/binary>> -> elements(space(More), Depth, [Value | Acc]);
        <<"]", After/binary>> -> {lists:reverse(Acc, [Value]), After};
        Left -> fail(<<"expected , or ]">>, Left)
    end.

object(<<"}", Rest/binary>>, _) -> {#{}, Rest};
object(Text, Depth) -> members(Text, Depth, []).

members(<<"\"", Text/binary>>, Depth, Acc) ->
    {Key, Rest} = string(Text, Text, 0, []),
    case space(Rest) of
        <<":", More/binary>> -> member(Key, space(More), Depth, Acc);
        Left -> fail(<<"expected :">>, Left)
    end;
members(Text, _, _) ->
    fail(<<"expected a key in quotes">>, Text).

member(Key, Text, Depth, Acc) ->
    {Value, Rest} = value(Text, Depth),
    case space(Rest) of
        <<",", More/binary>> -> members(space(More), Depth, [{Key, Value} | Acc]);
        <<"}", After/binary>> -> {maps:from_list(lists:reverse(Acc, [{Key, Value}])), After};
        Left -> fail(<<"expected , or }">>, Left)
    end.

%% Goes over plain text by a count and cuts it out in one piece.
string(<<"\"", Rest/binary>>, Start, Count, Acc) ->
    {iolist_to_binary(lists:reverse(Acc, [binary:part(Start, 0, Count)])), Rest};
string(<<"\\", Rest/binary>>, Start, Count, Acc) ->
    {Character, Left} = escape(Rest),
    string(Left, Left, 0, [Character, binary:part(Start, 0, Count) | Acc]);
string(<<C, _/binary>> = Text, _, _, _) when C < 32 ->
    fail(<<"control character in a string">>, Text);
string(<<_, Rest/binary>>, Start, Count, Acc) ->
    string(Rest, Start, Count + 1, Acc);
string(<<>>, _, _, _) ->
    fail(<<"string without end">>, <<>>).

escape(<<"\"", R/binary>>) -> {<<"\"">>, R};
escape(<<"\\", R/binary>>) -> {<<"\\">>, R};
escape(<<"/", R/binary>>) -> {<<"/">>, R};
escape(<<"b", R/binary>>) -> {<<"\b">>, R};
escape(<<"f", R/binary>>) -> {<<"\f">>, R};
escape(<<"n", R/binary>>) -> {<<"\n">>, R};
escape(<<"r", R/binary>>) -> {<<"\r">>, R};
escape(<<"t", R/binary>>) -> {<<"\t">>, R};
escape(<<"u", R/binary>>) -> unicode_escape(R);
escape(Text) -> fail(<<"unknown escape">>, Text).

unicode_escape(Text) ->
    case hex(Text) of
        {High, <<"\\u", Rest/binary>>} when High >= 16#D800, High < 16#DC00 ->
            case hex(Rest) of
                {Low, Left} when Low >= 16#DC00, Low < 16#E000 ->
                    {<<(16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00))/utf8>>, Left};
                _ ->
                    fail(<<"half of a surrogate pair">>, Text)
            end;
        {Code, _} when Code >= 16#D800, Code < 16#E000 -> fail(<<"half of a surrogate pair">>, Text);
        {Code, Left} -> {<<Code/utf8>>, Left}
    end.

hex(<<Digits:4/binary, Rest/binary>> = Text) ->
    try {binary_to_integer(Digits, 16), Rest}
    catch error:badarg -> fail(<<"expected four hexadecimal digits">>, Text)
    end;
hex(Text) ->
    fail(<<"expected four hexadecimal digits">>, Text).

number(Text) ->
    Pattern = <<"^(-?(?:0|[1-9][0-9]*))(\\.[0-9]+)?([eE][-+]?[0-9]+)?">>,
    case re:run(Text, Pattern, [{capture, all, binary}]) of
        {match, [All, Whole]} ->
            {binary_to_integer(Whole), binary:part(Text, byte_size(All), byte_size(Text) - byte_size(All))};
        {match, [All, Whole, Fraction | Exponent]} ->
            {float_of(Text, Whole, Fraction, Exponent), binary:part(Text, byte_size(All), byte_size(Text) - byte_size(All))};
        nomatch ->
            fail(<<"expected a number">>, Text)
    end.

float_of(Text, Whole, Fraction, Exponent) ->
    Point = case Fraction of <<>> -> <<".0">>; _ -> Fraction end,
    try binary_to_float(iolist_to_binary([Whole, Point | Exponent]))
    catch error:badarg -> fail(<<"number too large">>, Text)
    end.

%%% Writing

-spec 'class generate:'(term(), term()) -> binary().
'class generate:'(_, Value) -> iolist_to_binary(write(Value)).

write(nil) -> <<"null">>;
write(X) when is_boolean(X) -> atom_to_binary(X);
write(X) when is_integer(X) -> integer_to_binary(X);
write(X) when is_float(X) -> beamtalk_print:float(X);
write(X) when is_atom(X) -> quoted(atom_to_binary(X));
write(X) when is_binary(X) -> quoted(text(X));
write(X) when is_list(X) -> [$[, lists:join($,, [write(E) || E <- X]), $]];
write(X) when is_map(X) -> write_map(shape(X));
write(X) -> write_map(shape_of_term(X)).

%% Tuples are arrays, classes their names; processes and blocks are nothing in JSON.
shape_of_term({'$class', Module}) -> {text, atom_to_binary(beamtalk_class:name(Module))};
shape_of_term(X) when is_tuple(X) ->
    case beamtalk_class:class_of(X) of
        'bt@stdlib@Tuple' -> {list, tuple_to_list(X)};
        _ -> unsupported(X)
    end;
shape_of_term(X) -> unsupported(X).

write_map({list, List}) -> write(List);
write_map({text, Text}) -> quoted(Text);
write_map({members, Members}) ->
    [${, lists:join($,, [[quoted(Key), $:, write(Value)] || {Key, Value} <- Members]), $}].

%% What a map is in JSON: an array, a string, or an object with these members.
shape(#{'__class__' := 'bt@stdlib@Array'} = X) -> {list, beamtalk_array:asList(X)};
shape(#{'__class__' := 'bt@stdlib@Set'} = X) -> {list, beamtalk_set:asList(X)};
shape(#{'__class__' := 'bt@stdlib@DateTime'} = X) -> {text, beamtalk_date_time:asString(X)};
shape(#{'__class__' := 'bt@stdlib@Uuid'} = X) -> {text, beamtalk_uuid:asString(X)};
shape(#{'__class__' := 'bt@stdlib@Duration'} = X) -> {text, beamtalk_send:send(X, asString, [])};
shape(#{'__class__' := 'bt@stdlib@Regex', source := Source}) -> {text, Source};
shape(#{'__class__' := Module} = X) ->
    case beamtalk_class:inherits(Module, 'bt@stdlib@Collection') of
        true -> {list, beamtalk_check:elements(X, 'Json', 'generate:')};
        false -> {members, members(Module, X)}
    end;
shape(X) ->
    {members, [{key(Key), maps:get(Key, X)} || Key <- beamtalk_dictionary:keys(X)]}.

%% What the runtime holds for an object of the library, such as a stream, JSON cannot say.
members(Module, X) ->
    case {beamtalk_object:fieldNames(X), beamtalk_class:kind(Module), beamtalk_class:meta(Module)} of
        {[], object, #{package := Package}} when Package =:= stdlib; Package =:= <<"stdlib">> -> unsupported(X);
        {Fields, _, _} -> [{atom_to_binary(F), maps:get(F, X)} || F <- Fields]
    end.

key(Key) when is_binary(Key) -> text(Key);
key(Key) when is_atom(Key) -> atom_to_binary(Key);
key(Key) when is_number(Key) -> beamtalk_print:print_string(Key);
key(Key) -> unsupported(Key).

text(X) ->
    case unicode:characters_to_binary(X) of
        X -> X;
        _ -> unsupported(X)
    end.

-spec unsupported(term()) -> no_return().
unsupported(X) ->
    beamtalk_exception:type_error('Json', 'generate:', <<"what JSON can say">>, X).

quoted(Text) -> [$", escaped(Text, Text, 0, []), $"].

escaped(<<C, Rest/binary>>, Start, Count, Acc) when C =:= $"; C =:= $\\; C < 32; C =:= 127 ->
    escaped(Rest, Rest, 0, [escape_of(C), binary:part(Start, 0, Count) | Acc]);
escaped(<<_, Rest/binary>>, Start, Count, Acc) ->
    escaped(Rest, Start, Count + 1, Acc);
escaped(<<>>, Start, Count, Acc) ->
    lists:reverse(Acc, [binary:part(Start, 0, Count)]).

escape_of($") -> <<"\\\"">>;
escape_of($\\) -> <<"\\\\">>;
escape_of($\n) -> <<"\\n">>;
escape_of($\r) -> <<"\\r">>;
escape_of($\t) -> <<"\\t">>;
escape_of($\b) -> <<"\\b">>;
escape_of($\f) -> <<"\\f">>;
escape_of(C) -> io_lib:format("\\u~4.16.0b", [C]).

-spec 'class prettyPrint:'(term(), term()) -> binary().
'class prettyPrint:'(_, Value) -> iolist_to_binary(pretty(Value, <<"\n">>)).

pretty([], _) -> <<"[]">>;
pretty(X, Line) when is_list(X) ->
    Inner = <<Line/binary, "  ">>,
    [$[, lists:join($,, [[Inner, pretty(E, Inner)] || E <- X]), Line, $]];
pretty(X, Line) when is_map(X) -> pretty_map(shape(X), Line);
pretty(X, Line) when is_tuple(X) -> pretty_map(shape_of_term(X), Line);
pretty(X, _) -> write(X).

pretty_map({list, List}, Line) -> pretty(List, Line);
pretty_map({text, Text}, _) -> quoted(Text);
pretty_map({members, []}, _) -> <<"{}">>;
pretty_map({members, Members}, Line) ->
    Inner = <<Line/binary, "  ">>,
    Parts = [[Inner, quoted(Key), ": ", pretty(Value, Inner)] || {Key, Value} <- Members],
    [${, lists:join($,, Parts), Line, $}].
