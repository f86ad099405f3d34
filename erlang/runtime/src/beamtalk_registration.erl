%% @doc What the registry enters for a module: read from the module, checked against what is there.
-module(beamtalk_registration).

-export([read/1, collision/3]).

-type extension() :: {{atom(), instance | class, atom(), arity()}, module(), atom(), map()}.
-type entry() :: {module(), {class, map()} | {extensions, [extension()], [map()]}}.
-export_type([entry/0]).

%% The entries of loaded modules; an error where one is not a class's or an extensions' module.
-spec read([module()]) -> {ok, [entry()]} | {error, beamtalk_exception:exception()}.
read(Modules) ->
    try
        {ok, lists:append([read_module(Module) || Module <- Modules])}
    catch
        throw:{unreadable, Exception} -> {error, Exception}
    end.

read_module(Module) ->
    _ = code:ensure_loaded(Module),
    Has = fun(Function) -> erlang:function_exported(Module, Function, 0) end,
    case {Has('$meta'), Has('$extensions') orelse Has('$protocols'), Has('$patches')} of
        {true, _, _} ->
            [{Module, {class, Module:'$meta'()}}];
        {false, true, _} ->
            [{Module, {extensions, extensions(Module, Has('$extensions')), protocols(Module, Has('$protocols'))}}];
        {false, false, true} ->
            [];
        {false, false, false} ->
            throw({unreadable, not_a_class(Module)})
    end.

extensions(_Module, false) ->
    [];
extensions(Module, true) ->
    [
        %% The number of arguments of the selector, whatever the arity in the description counts.
        {{Target, Side, Selector, beamtalk_selector:arity(Selector)}, Module, Function, Extension}
     || #{target := Target, side := Side, selector := Selector, function := Function} = Extension <-
            Module:'$extensions'()
    ].

protocols(_Module, false) -> [];
protocols(Module, true) -> Module:'$protocols'().

not_a_class(Module) ->
    beamtalk_exception:make(
        invalid_argument,
        nil,
        nil,
        [<<"Not a compiled Beamtalk module: ">>, atom_to_binary(Module)],
        nil,
        Module
    ).

%% The error for two extensions of one selector, among the new ones or against those that stay.
-spec collision([entry()], [module()], [extension()]) -> none | beamtalk_exception:exception().
collision(Entries, Leaving, Present) ->
    New = [Extension || {_, {extensions, Extensions, _}} <- Entries, Extension <- Extensions],
    Staying = maps:from_list([
        {Key, Extension}
     || {Key, Module, _, _} = Extension <- Present, not lists:member(Module, Leaving)
    ]),
    first_collision(New, Staying).

first_collision([], _) ->
    none;
first_collision([{Key, _, _, _} = Extension | Rest], Seen) ->
    case Seen of
        #{Key := Other} -> collides(Extension, Other);
        _ -> first_collision(Rest, Seen#{Key => Extension})
    end.

collides({{Target, Side, Selector, _}, _, _, Info}, {_, _, _, Other}) ->
    Owner =
        case Side of
            instance -> atom_to_binary(Target);
            class -> [atom_to_binary(Target), <<" class">>]
        end,
    Message = [
        Owner, <<" >> ">>, atom_to_binary(Selector), <<" is already an extension, of ">>,
        file(Other), <<"; it is defined again in ">>, file(Info)
    ],
    beamtalk_exception:make(already_exists, Target, Selector, Message, nil, nil).

file(#{file := File}) when is_binary(File) -> File;
file(_) -> <<"another file">>.
