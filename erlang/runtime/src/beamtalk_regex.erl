%% @doc Primitives of `Regex': `re' with Unicode, compiled once.
-module(beamtalk_regex).

-export(['class new:'/2, 'class from:options:'/3, 'matches:'/2, 'firstMatch:'/2, 'allMatches:'/2]).
-export(['groups:'/2, 'replaceFirst:with:'/3, 'replaceAll:with:'/3, 'split:'/2]).

-type regex() :: #{'__class__' := module(), source := binary(), options := [atom()], compiled := term()}.

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'Regex', 'new:', <<"Regex cannot be made with new:">>, <<"Use Regex from:">>, nil
    ).

-spec 'class from:options:'(term(), term(), term()) -> beamtalk_result:result().
'class from:options:'(_, Source, Options) ->
    Text = beamtalk_check:string(Source, 'Regex', 'from:options:'),
    List = beamtalk_check:elements(Options, 'Regex', 'from:options:'),
    case [O || O <- List, not is_option(O)] of
        [] ->
            compiled(Text, List);
        [Unknown | _] ->
            Message = ["Regex>>from:options: knows no option ", beamtalk_print:print_string(Unknown)],
            beamtalk_result:error(
                beamtalk_exception:make(invalid_argument, 'Regex', 'from:options:', Message, nil, nil)
            )
    end.

compiled(Text, List) ->
    case re:compile(Text, [unicode, ucp | List]) of
        {ok, Compiled} ->
            beamtalk_result:ok(#{
                '__class__' => 'bt@stdlib@Regex', source => Text, options => List, compiled => Compiled
            });
        {error, {What, Position}} ->
            Message = io_lib:format("Regex>>from: ~ts at character ~b", [What, Position + 1]),
            beamtalk_result:error(
                beamtalk_exception:make(parse_error, 'Regex', 'from:', Message, nil, #{position => Position + 1})
            )
    end.

is_option(O) -> lists:member(O, [caseless, multiline, dotall, extended, ungreedy, anchored]).

-spec 'matches:'(regex(), term()) -> boolean().
'matches:'(#{compiled := C}, Text) ->
    re:run(text(Text, 'matches:'), C, [{capture, none}]) =:= match.

-spec 'firstMatch:'(regex(), term()) -> binary() | nil.
'firstMatch:'(#{compiled := C}, Text) ->
    case re:run(text(Text, 'firstMatch:'), C, [{capture, first, binary}]) of
        {match, [Match]} -> Match;
        nomatch -> nil
    end.

-spec 'allMatches:'(regex(), term()) -> [binary()].
'allMatches:'(#{compiled := C}, Text) ->
    case re:run(text(Text, 'allMatches:'), C, [global, {capture, first, binary}]) of
        {match, Matches} -> [Match || [Match] <- Matches];
        nomatch -> []
    end.

-spec 'groups:'(regex(), term()) -> [binary()] | nil.
'groups:'(#{compiled := C}, Text) ->
    case re:run(text(Text, 'groups:'), C, [{capture, all, binary}]) of
        {match, Groups} -> Groups;
        nomatch -> nil
    end.

-spec 'replaceFirst:with:'(regex(), term(), term()) -> binary().
'replaceFirst:with:'(#{compiled := C}, Text, New) ->
    re:replace(text(Text, 'replaceFirst:with:'), C, text(New, 'replaceFirst:with:'), [{return, binary}]).

-spec 'replaceAll:with:'(regex(), term(), term()) -> binary().
'replaceAll:with:'(#{compiled := C}, Text, New) ->
    re:replace(text(Text, 'replaceAll:with:'), C, text(New, 'replaceAll:with:'), [global, {return, binary}]).

-spec 'split:'(regex(), term()) -> [binary()].
'split:'(#{compiled := C}, Text) -> re:split(text(Text, 'split:'), C, [{return, binary}]).

text(X, Selector) -> beamtalk_check:string(X, 'Regex', Selector).
