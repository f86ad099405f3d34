%% @doc What data the instances of a class hold, read from a loaded module or from object code
%% that is not loaded yet. Pure but for asking loaded modules; runs in the caller's process.
-module(beamtalk_workspace_layout).

-export([of_module/1, meta_of_code/1, chain/2, class_name/2, place/2]).

-export_type([layout/0]).

%% What migration depends on: the superclass's module and each own field.
-type layout() :: #{super := module() | nil, fields := [field()]}.
-type field() :: {Name :: atom(), Type :: binary() | nil, HasDefault :: boolean()}.

%% @doc The layout of a loaded class; error if the module is no class or is not loaded.
-spec of_module(module()) -> {ok, layout()} | error.
of_module(Module) ->
    case erlang:function_exported(Module, '$meta', 0) of
        true -> {ok, of_meta(Module:'$meta'())};
        false -> error
    end.

%% @doc The constant map that `'$meta'()' will answer, found among the literals of object code.
-spec meta_of_code(binary()) -> {ok, map()} | error.
meta_of_code(Beam) ->
    case beam_lib:chunks(Beam, ["LitT"]) of
        {ok, {_, [{"LitT", Chunk}]}} -> find_meta(literals(Chunk));
        _ -> error
    end.

%% @doc Where the first of the classes that declares a field does so, as ` (src/Counter.bt:3)'; empty
%% where that cannot be told.
-spec place(atom(), [map()]) -> binary().
place(Name, Metas) ->
    Places = [{File, Line} || #{fields := Fields, file := File, line := Header, source := Source} <- Metas,
                              is_binary(File), is_binary(Source), is_integer(Header),
                              lists:any(fun(#{name := Each}) -> Each =:= Name end, Fields),
                              Line <- field_lines(Name, Header, binary:split(Source, <<"\n">>, [global]))],
    case Places of
        [{File, Line} | _] -> unicode:characters_to_binary(io_lib:format(" (~ts:~b)", [File, Line]));
        [] -> <<>>
    end.

%% Comments may stand before the header, whose line is known.
field_lines(Name, Header, Lines) ->
    Numbered = lists:zip(lists:seq(1, length(Lines)), Lines),
    case [Number || {Number, Line} <- Numbered, matches(Line, <<"^[^/]*\\bsubclass:">>)] of
        [First | _] ->
            Field = <<"^\\s*(state|field):\\s*", (atom_to_binary(Name))/binary, "\\b">>,
            [Header + Number - First || {Number, Line} <- Numbered, matches(Line, Field)];
        [] -> []
    end.

matches(Line, Pattern) ->
    re:run(Line, Pattern, [unicode, {capture, none}]) =:= match.

%% @doc A class's module and those of its ancestors, nearest first. `Metas' overrides what loaded
%% modules say of themselves.
-spec chain(module() | nil, #{module() => map()}) -> [module()].
chain(nil, _Metas) ->
    [];
chain(Module, Metas) ->
    [Module | chain(super(Module, Metas), Metas)].

super(Module, Metas) ->
    case Metas of
        #{Module := #{super := Super}} -> Super;
        _ ->
            case erlang:function_exported(Module, '$meta', 0) of
                true -> maps:get(super, Module:'$meta'(), nil);
                false -> nil
            end
    end.

%% @doc The name of a class by its meta, as `chain/2' finds that; a module without one has its own name.
-spec class_name(module(), #{module() => map()}) -> binary().
class_name(Module, Metas) ->
    case Metas of
        #{Module := #{name := Name}} -> atom_to_binary(Name);
        _ ->
            case erlang:function_exported(Module, '$meta', 0) of
                true -> atom_to_binary(maps:get(name, Module:'$meta'()));
                false -> atom_to_binary(Module)
            end
    end.

of_meta(Meta) ->
    Fields = [{maps:get(name, Field), maps:get(type, Field, nil), maps:get(has_default, Field, true)}
              || Field <- maps:get(fields, Meta, [])],
    #{super => maps:get(super, Meta, nil), fields => Fields}.

%% A size of zero marks a table that is not compressed (OTP 28 and later).
literals(<<0:32, Table/binary>>) ->
    literal_table(Table);
literals(<<_Size:32, Compressed/binary>>) ->
    literal_table(zlib:uncompress(Compressed)).

literal_table(<<_Count:32, Entries/binary>>) ->
    [binary_to_term(Entry) || <<Size:32, Entry:Size/binary>> <= Entries].

find_meta([]) ->
    error;
find_meta([#{name := _, super := _, kind := _, fields := _, methods := _} = Meta | _]) ->
    {ok, Meta};
find_meta([_ | Rest]) ->
    find_meta(Rest).
